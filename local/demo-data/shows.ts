import { onSaleSince, seoulTime } from './dates.js';

type Text = { readonly ko: string; readonly en: string };

export type DemoShow = {
  readonly key: string;
  readonly layout: string;
  readonly prices: Readonly<Record<string, number>>;
  /** Places without a seat, sold beside the layout's. */
  readonly ticketTypes?: readonly { readonly name: string; readonly price: number; readonly quantity: number }[];
  readonly performances: readonly string[];
  readonly details: {
    readonly title: Text;
    readonly description: Text;
    readonly artistName: Text;
    readonly venue: Text;
    readonly address: Text;
    readonly category: 'concert' | 'musical' | 'theatre' | 'sports' | 'festival';
    readonly saleStartDate: string;
    readonly saleEndDate: string;
  };
};

const text = (ko: string, en: string): Text => ({ ko, en });
const last = (times: readonly string[]): string => times.at(-1) ?? '';

const venues = {
  bandal: {
    venue: text('반달소극장', 'Bandal Small Theatre'),
    address: text('서울 종로구 느티나무길 12', '12 Neutinamu-gil, Jongno-gu, Seoul'),
  },
  eunha: {
    venue: text('은하아트홀 대극장', 'Eunha Art Hall, Grand Theatre'),
    address: text('서울 중구 물빛로 88', '88 Mulbit-ro, Jung-gu, Seoul'),
  },
  saebit: {
    venue: text('새빛체육관', 'Saebit Arena Court'),
    address: text('인천 남동구 갈매기대로 310', '310 Galmaegi-daero, Namdong-gu, Incheon'),
  },
  silver: {
    venue: text('은빛호수공원 야외무대', 'Silver Lake Park Stage'),
    address: text('강원 춘천시 은빛호수길 40', '40 Eunbithosu-gil, Chuncheon, Gangwon'),
  },
  hanul: {
    venue: text('한울아레나', 'Hanul Arena'),
    address: text('경기 고양시 호수서로 500', '500 Hosuseo-ro, Goyang, Gyeonggi'),
  },
};

const theatre = (anchor: number): DemoShow => {
  const performances = [
    seoulTime(anchor, 6, '19:30'),
    seoulTime(anchor, 7, '19:30'),
    seoulTime(anchor, 8, '15:00'),
    seoulTime(anchor, 8, '19:00'),
  ];
  return {
    key: 'moonlight-station',
    layout: 'small-theatre',
    prices: { R: 45_000, S: 30_000 },
    performances,
    details: {
      title: text('연극 〈달빛 정거장〉', 'Moonlight Station (play)'),
      description: text(
        '막차가 끊긴 시골 역, 서로를 모르는 네 사람이 첫차를 기다리며 보내는 하룻밤 이야기.',
        'The last train has left a country station. Four strangers wait out the night for the first one.',
      ),
      artistName: text('극단 느린걸음', 'Slow Steps Company'),
      ...venues.bandal,
      category: 'theatre',
      saleStartDate: onSaleSince(anchor),
      saleEndDate: last(performances),
    },
  };
};

const musical = (anchor: number): DemoShow => {
  const performances = [
    seoulTime(anchor, 20, '19:30'),
    seoulTime(anchor, 21, '14:30'),
    seoulTime(anchor, 21, '19:30'),
    seoulTime(anchor, 22, '14:00'),
    seoulTime(anchor, 22, '18:30'),
  ];
  return {
    key: 'glass-lighthouse',
    layout: 'musical-hall',
    prices: { VIP: 170_000, R: 140_000, S: 110_000, A: 80_000 },
    performances,
    details: {
      title: text('뮤지컬 〈유리 등대〉', 'The Glass Lighthouse (musical)'),
      description: text(
        '빛을 잃은 등대를 다시 켜려는 등대지기의 딸과 항해사의 노래. 2막, 인터미션 포함 160분.',
        'A keeper’s daughter and a navigator try to relight a dark lighthouse. Two acts, 160 minutes with an interval.',
      ),
      artistName: text('윤슬 뮤지컬 컴퍼니', 'Yunseul Musical Company'),
      ...venues.eunha,
      category: 'musical',
      saleStartDate: onSaleSince(anchor),
      saleEndDate: last(performances),
    },
  };
};

const match = (anchor: number): DemoShow => {
  const performances = [seoulTime(anchor, 12, '18:00')];
  return {
    key: 'harbour-derby',
    layout: 'stadium',
    prices: { VIP: 90_000, R: 55_000, S: 35_000, A: 18_000 },
    performances,
    details: {
      title: text('항구 더비: 새빛 파도 대 누리 등대', 'Harbour Derby: Saebit Waves v Nuri Beacons'),
      description: text(
        '시즌 마지막 라이벌전. 경기 시작 90분 전에 입장합니다.',
        'The last derby of the season. Doors open 90 minutes before.',
      ),
      artistName: text('새빛 파도 · 누리 등대', 'Saebit Waves · Nuri Beacons'),
      ...venues.saebit,
      category: 'sports',
      saleStartDate: onSaleSince(anchor),
      saleEndDate: last(performances),
    },
  };
};

const arenaConcert = (anchor: number): DemoShow => {
  const performances = [seoulTime(anchor, 45, '19:00')];
  return {
    key: 'orbit-of-seven',
    layout: 'arena',
    prices: { VIP: 198_000, R: 165_000, S: 143_000, A: 110_000 },
    performances,
    details: {
      title: text('미리내 콘서트 〈일곱 번째 궤도〉', 'MIRINAE: Orbit of Seven'),
      description: text(
        '미리내의 첫 아레나 단독 콘서트. 중앙 무대를 둘러싼 1만 5천 석.',
        'The first arena show of Mirinae: fifteen thousand seats around one stage.',
      ),
      artistName: text('미리내', 'MIRINAE'),
      ...venues.hanul,
      category: 'concert',
      saleStartDate: onSaleSince(anchor),
      saleEndDate: last(performances),
    },
  };
};

const laterConcert = (anchor: number): DemoShow => {
  const performances = [seoulTime(anchor, 60, '18:00'), seoulTime(anchor, 61, '17:00')];
  return {
    key: 'paper-planes',
    layout: 'arena',
    prices: { VIP: 187_000, R: 154_000, S: 132_000, A: 99_000 },
    performances,
    details: {
      title: text('종이비행기 10주년 콘서트', 'Paper Planes: Ten Years'),
      description: text(
        '데뷔 10주년, 모든 앨범에서 고른 스물네 곡.',
        'Ten years since the debut: twenty-four songs from every album.',
      ),
      artistName: text('종이비행기', 'Paper Planes'),
      ...venues.hanul,
      category: 'concert',
      saleStartDate: seoulTime(anchor, 3, '20:00'),
      saleEndDate: last(performances),
    },
  };
};

const jazz = (anchor: number): DemoShow => {
  const performances = [seoulTime(anchor, 10, '20:00')];
  return {
    key: 'blue-lantern-trio',
    layout: 'small-theatre',
    prices: { R: 66_000, S: 50_000 },
    performances,
    details: {
      title: text('푸른 등불 트리오: 늦은 밤의 재즈', 'Blue Lantern Trio: Late Jazz'),
      description: text(
        '피아노, 콘트라베이스, 드럼. 쉬는 시간 없이 80분.',
        'Piano, double bass, drums. Eighty minutes without a break.',
      ),
      artistName: text('푸른 등불 트리오', 'Blue Lantern Trio'),
      ...venues.bandal,
      category: 'concert',
      saleStartDate: onSaleSince(anchor),
      saleEndDate: last(performances),
    },
  };
};

const festival = (anchor: number): DemoShow => {
  const performances = [seoulTime(anchor, 30, '14:00'), seoulTime(anchor, 31, '14:00')];
  return {
    key: 'silver-lake-festival',
    layout: 'lakeside',
    prices: { 지정석: 88_000 },
    ticketTypes: [
      { name: '스탠딩', price: 66_000, quantity: 2000 },
      { name: '잔디 피크닉', price: 55_000, quantity: 1000 },
    ],
    performances,
    details: {
      title: text('은빛호수 음악축제', 'Silver Lake Festival'),
      description: text(
        '호수 앞에서 이틀 동안, 열두 팀. 서서 보거나 잔디에 앉거나, 지정석에서.',
        'Two days and twelve acts by the lake: standing, on the lawn, or on a numbered bench.',
      ),
      artistName: text('열두 팀', 'Twelve acts'),
      ...venues.silver,
      category: 'festival',
      saleStartDate: onSaleSince(anchor),
      saleEndDate: last(performances),
    },
  };
};

/** All invented. Dates are relative to the first start (`anchor`, milliseconds), so a later run describes the same shows. */
export const demoShows = (anchor: number): readonly DemoShow[] =>
  [theatre, musical, match, arenaConcert, laterConcert, jazz, festival].map((show) => show(anchor));
