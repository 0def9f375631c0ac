export type Bank = {
  /** The provider's two digits. */
  code: string;
  ko: string;
  /** The provider's English code, which requests may use too. */
  en: string;
  /** Whether it gives out virtual accounts. */
  issues: boolean;
};

const bank = (code: string, ko: string, en: string, issues = true): Bank => ({ code, ko, en, issues });

export const banks: readonly Bank[] = [
  bank('88', '신한', 'SHINHAN'),
  bank('06', '국민', 'KOOKMIN'),
  bank('20', '우리', 'WOORI'),
  bank('81', '하나', 'HANA'),
  bank('11', '농협', 'NONGHYEOP'),
  bank('03', '기업', 'IBK'),
  bank('71', '우체국', 'POST'),
  bank('45', '새마을', 'SAEMAUL'),
  bank('07', '수협', 'SUHYEOP'),
  bank('31', '대구', 'DAEGUBANK'),
  bank('32', '부산', 'BUSANBANK'),
  bank('39', '경남', 'KYONGNAMBANK'),
  bank('34', '광주', 'KWANGJUBANK'),
  bank('37', '전북', 'JEONBUKBANK'),
  bank('90', '카카오', 'KAKAOBANK', false),
  bank('89', '케이', 'KBANK', false),
  bank('92', '토스', 'TOSSBANK', false),
  bank('23', 'SC제일', 'SC', false),
  bank('27', '씨티', 'CITI', false),
  bank('02', '산업', 'KDBBANK', false),
  bank('35', '제주', 'JEJUBANK', false),
  bank('48', '신협', 'SHINHYEOP', false),
  bank('50', '저축', 'SAVINGBANK', false),
  bank('64', '산림', 'SANLIM', false),
];

/** The bank a request names by two digits, Korean name or English code. */
export const bankOf = (name: string): Bank | undefined =>
  banks.find(({ code, ko, en }) => name === code || name === ko || name.toUpperCase() === en);
