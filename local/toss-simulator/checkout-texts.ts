import type { Language } from './errors.js';
import type { Payment } from './payment.js';
import type { Means } from './payment-means.js';

type Texts = {
  title: string;
  receipt: string;
  closed: string;
  bankTitle: string;
  item: string;
  order: string;
  amount: string;
  balance: string;
  how: string;
  methods: Readonly<Record<Means['method'], string>>;
  card: string;
  bank: string;
  provider: string;
  payer: string;
  pay: (amount: string) => string;
  decline: string;
  cancel: string;
  close: string;
  nothingCharged: string;
  account: string;
  due: string;
  deposit: string;
  depositError: string;
  pastDue: string;
  accountHint: string;
  status: string;
  statuses: Readonly<Record<Payment['status'], string>>;
  other: string;
  deposited: string;
  refusals: Readonly<Record<'NO_SUCH_ACCOUNT' | 'NOT_WAITING' | 'PAST_DUE' | 'OTHER_AMOUNT', string>>;
};

export const texts: Readonly<Record<Language, Texts>> = {
  ko: {
    title: '결제',
    receipt: '매출전표',
    closed: '창이 닫혔습니다',
    bankTitle: '모의 은행 이체',
    item: '상품',
    order: '주문 번호',
    amount: '금액',
    balance: '잔액',
    how: '결제 수단',
    methods: { CARD: '카드', VIRTUAL_ACCOUNT: '가상계좌', TRANSFER: '계좌이체', EASY_PAY: '간편결제' },
    card: '시험 카드',
    bank: '은행',
    provider: '간편결제사',
    payer: '입금자 이름',
    pay: (amount) => `${amount} 결제하기`,
    decline: '카드사 거절',
    cancel: '취소',
    close: '창 닫기',
    nothingCharged: '아무것도 청구되지 않았습니다.',
    account: '입금 계좌',
    due: '입금 기한',
    deposit: '입금하기',
    depositError: '입금 오류로 되돌리기',
    pastDue: '입금 기한이 지났습니다. 은행이 입금을 받지 않습니다.',
    accountHint: '입금 전까지 주문은 확정되지 않습니다.',
    status: '상태',
    statuses: {
      READY: '결제 대기',
      IN_PROGRESS: '인증 완료, 상점의 승인 대기',
      WAITING_FOR_DEPOSIT: '입금 대기',
      DONE: '결제 완료',
      CANCELED: '전액 취소',
      PARTIAL_CANCELED: '부분 취소',
      ABORTED: '결제 실패',
      EXPIRED: '시간 만료',
    },
    other: 'English',
    deposited: '입금되었습니다.',
    refusals: {
      NO_SUCH_ACCOUNT: '없는 계좌번호입니다.',
      NOT_WAITING: '입금을 기다리는 계좌가 아닙니다.',
      PAST_DUE: '입금 기한이 지났습니다.',
      OTHER_AMOUNT: '금액이 다릅니다. 정확한 금액만 입금할 수 있습니다.',
    },
  },
  en: {
    title: 'Payment',
    receipt: 'Receipt',
    closed: 'Window closed',
    bankTitle: 'Simulated bank transfer',
    item: 'Item',
    order: 'Order',
    amount: 'Amount',
    balance: 'Balance',
    how: 'Pay with',
    methods: { CARD: 'Card', VIRTUAL_ACCOUNT: 'Virtual account', TRANSFER: 'Bank transfer', EASY_PAY: 'Easy pay' },
    card: 'Test card',
    bank: 'Bank',
    provider: 'Provider',
    payer: 'Depositor’s name',
    pay: (amount) => `Pay ${amount}`,
    decline: 'Decline',
    cancel: 'Cancel',
    close: 'Close the window',
    nothingCharged: 'Nothing was charged.',
    account: 'Pay into',
    due: 'Due by',
    deposit: 'Make the deposit',
    depositError: 'Take the deposit back (bank error)',
    pastDue: 'The due date has passed. The bank takes no deposit any more.',
    accountHint: 'The order is not confirmed before the deposit.',
    status: 'Status',
    statuses: {
      READY: 'waiting for the buyer',
      IN_PROGRESS: 'authenticated, waiting for the shop to confirm',
      WAITING_FOR_DEPOSIT: 'waiting for the deposit',
      DONE: 'paid',
      CANCELED: 'cancelled',
      PARTIAL_CANCELED: 'cancelled in part',
      ABORTED: 'failed',
      EXPIRED: 'expired',
    },
    other: '한국어',
    deposited: 'Deposited.',
    refusals: {
      NO_SUCH_ACCOUNT: 'There is no such account.',
      NOT_WAITING: 'This account is not waiting for a deposit.',
      PAST_DUE: 'The due date has passed.',
      OTHER_AMOUNT: 'Only the exact amount can be paid in.',
    },
  },
};
