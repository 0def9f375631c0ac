import { type FakeShow, fakeShow } from './fake-shows.js';

const block = (prefix: string, count: number, rows: number, seatsPerRow: number, grade: string, price: number) =>
  Array.from({ length: count }, (_, index) => ({ section: `${prefix}${index + 1}`, rows, seatsPerRow, grade, price }));

/** Five shows from a small theatre to an arena, one of them not yet on sale and one nearly gone. */
export const fakeSeason = (): FakeShow[] => [
  fakeShow(1, {
    title: { ko: '은하수 아레나 투어', en: 'Milky Way Arena Tour' },
    artist: { ko: '밤의 궤도', en: 'Night Orbit' },
    venue: { ko: '한빛 아레나', en: 'Hanbit Arena' },
    address: { ko: '서울특별시 송파구 별빛로 25', en: '25 Byeolbit-ro, Songpa-gu, Seoul' },
    description: {
      ko: '세 번째 정규 앨범과 함께 돌아온 밤의 궤도의 첫 아레나 투어.',
      en: 'The first arena tour of Night Orbit, with their third album.',
    },
    category: 'concert',
    status: 'on_sale',
    sections: [
      ...block('F', 4, 20, 25, 'VIP', 187000),
      ...block('A', 10, 20, 20, 'R', 154000),
      ...block('B', 12, 20, 20, 'S', 132000),
      ...block('C', 10, 21, 20, 'A', 99000),
    ],
    performances: [
      { startsAt: '2026-12-05T10:00:00.000Z', left: 7 },
      { startsAt: '2026-12-06T08:00:00.000Z', left: 58 },
    ],
  }),
  fakeShow(2, {
    title: { ko: '붉은 등대', en: 'The Red Lighthouse' },
    artist: { ko: '극단 바람길', en: 'Baramgil Company' },
    venue: { ko: '소극장 온', en: 'Theatre On' },
    address: { ko: '서울특별시 종로구 대학로 8길 3', en: '3 Daehak-ro 8-gil, Jongno-gu, Seoul' },
    description: { ko: '등대지기 자매의 하룻밤 이야기.', en: 'One night in the life of two sisters who keep a lighthouse.' },
    category: 'theatre',
    status: 'on_sale',
    sections: [
      { section: '가', rows: 10, seatsPerRow: 13, grade: 'R', price: 55000 },
      { section: '나', rows: 9, seatsPerRow: 15, grade: 'S', price: 40000 },
    ],
    performances: ['01', '02', '03', '04', '05'].map((day, index) => ({
      startsAt: `2026-12-${day}T10:30:00.000Z`,
      left: index * 24,
    })),
    places: [
      { name: '입석', price: 20000, left: 30 },
      { name: '통로 보조석', price: 15000, left: 0 },
    ],
  }),
  fakeShow(3, {
    title: { ko: '유리 정원', en: 'The Glass Garden' },
    artist: { ko: '서이안, 한도윤', en: 'Seo Ian, Han Doyun' },
    venue: { ko: '미르 뮤지컬홀', en: 'Mir Musical Hall' },
    address: { ko: '부산광역시 해운대구 마린로 77', en: '77 Marine-ro, Haeundae-gu, Busan' },
    description: {
      ko: '온실 속에 시간을 가둔 식물학자를 다룬 창작 뮤지컬.',
      en: 'An original musical about a botanist who keeps time under glass.',
    },
    category: 'musical',
    status: 'upcoming',
    sections: [
      ...block('1', 3, 10, 15, 'VIP', 150000),
      ...block('2', 2, 10, 20, 'R', 120000),
      ...block('3', 2, 10, 20, 'S', 90000),
    ],
    performances: [{ startsAt: '2027-01-15T10:30:00.000Z', left: 100 }],
  }),
  fakeShow(4, {
    title: { ko: '수도권 라이벌전', en: 'Capital Derby' },
    artist: { ko: '한강 FC 대 남산 유나이티드', en: 'Hangang FC v Namsan United' },
    venue: { ko: '새벽 스타디움', en: 'Saebyeok Stadium' },
    address: { ko: '경기도 수원시 새벽로 100', en: '100 Saebyeok-ro, Suwon' },
    description: { ko: '시즌 마지막 더비.', en: 'The last derby of the season.' },
    category: 'sports',
    status: 'on_sale',
    sections: [...block('W', 7, 14, 25, 'R', 45000), ...block('E', 7, 14, 25, 'S', 25000)],
    performances: [{ startsAt: '2026-12-12T05:00:00.000Z', left: 83 }],
  }),
  fakeShow(5, {
    title: { ko: '겨울 숲 페스티벌', en: 'Winter Forest Festival' },
    artist: { ko: '여러 음악가', en: 'Various artists' },
    venue: { ko: '자작나무 공원', en: 'Birch Park' },
    address: { ko: '강원특별자치도 평창군 눈꽃길 1', en: '1 Nunkkot-gil, Pyeongchang' },
    description: { ko: '눈 내리는 숲에서 열리는 이틀의 음악.', en: 'Two days of music in a snowy forest.' },
    category: 'festival',
    status: 'sold_out',
    sections: block('G', 2, 20, 20, 'A', 66000),
    performances: [{ startsAt: '2027-01-23T04:00:00.000Z', left: 0 }],
  }),
];
