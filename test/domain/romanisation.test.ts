import { romanise, SCHEMES } from '../../src/domain/romanisation.ts';

const schemeNamed = (name: string, of: 'uk' | 'ru') => {
  const found = SCHEMES.find((one) => one.of === of && one.name.includes(name));
  if (found === undefined) throw new Error(`no scheme ${name} for ${of}`);
  return found;
};

// Forms as documents, atlases and newspapers have them.
test.each([
  ['uk', 'national table', 'Зеленський', 'Zelenskyi'],
  ['uk', 'national table', 'Юлія', 'Yuliia'],
  ['uk', 'national table', 'Згурський', 'Zghurskyi'],
  ['uk', 'national table', 'Єнакієве', 'Yenakiieve'],
  ['uk', 'national table', 'Їжакевич', 'Yizhakevych'],
  ['uk', 'national table', 'Йосипівка', 'Yosypivka'],
  ['uk', 'national table', 'Стрий', 'Stryi'],
  ['uk', 'national table', 'Гоща', 'Hoshcha'],
  ['uk', 'national table', 'Ґалаґан', 'Galagan'],
  ['uk', 'national table', 'Знам’янка', 'Znamianka'],
  ['uk', 'national table', 'Короп’є Ялта', 'Koropie Yalta'],
  ['uk', 'BGN/PCGN', 'Зеленський', 'Zelenskyy'],
  ['uk', 'BGN/PCGN', 'Київ', 'Kyyiv'],
  ['uk', 'ISO 9', 'Щербак', 'Ŝerbak'],
  ['uk', 'scholarly', 'Щербак', 'Ščerbak'],
  ['uk', 'German', 'Зеленський', 'Selenskyj'],
  ['uk', 'German', 'Щербак', 'Schtscherbak'],
  ['uk', 'German', 'Ющенко', 'Juschtschenko'],
  ['uk', 'German', 'Єрмак', 'Jermak'],
  ['uk', 'French', 'Зеленський', 'Zelensky'],
  ['uk', 'English press', 'Зеленський', 'Zelensky'],
  ['ru', 'passport', 'Хрущёв', 'Khrushchev'],
  ['ru', 'passport', 'Подъячев', 'Podieiachev'],
  ['ru', 'passport', 'Сергей', 'Sergei'],
  ['ru', 'passport', 'Юлия', 'Iuliia'],
  ['ru', 'BGN/PCGN', 'Ельцин', 'Yeltsin'],
  ['ru', 'BGN/PCGN', 'Сергей', 'Sergey'],
  ['ru', 'BGN/PCGN', 'Дудаев', 'Dudayev'],
  ['ru', 'ISO 9', 'Хрущёв', 'Hruŝëv'],
  ['ru', 'German', 'Путин', 'Putin'],
  ['ru', 'German', 'Хрущёв', 'Chruschtschow'],
  ['ru', 'German', 'Лавров', 'Lawrow'],
  ['ru', 'German', 'Шойгу', 'Schoigu'],
  ['ru', 'German', 'Ельцин', 'Jelzin'],
  ['ru', 'German', 'Борисов', 'Borissow'],
  ['ru', 'German', 'Горбачёв', 'Gorbatschow'],
  ['ru', 'French', 'Путин', 'Poutine'],
  ['ru', 'French', 'Хрущёв', 'Khrouchtchev'],
  ['ru', 'French', 'Шойгу', 'Choïgou'],
  ['ru', 'French', 'Сергей', 'Sergueï'],
  ['ru', 'French', 'Ельцин', 'Eltsine'],
] as const)('%s, %s: %s is %s', (of, name, cyrillic, latin) => {
  expect(romanise(cyrillic, schemeNamed(name, of))).toBe(latin);
});

test('what is not Cyrillic stays as it is', () => {
  for (const scheme of SCHEMES)
    for (const text of ['', 'Macron', '習近平 (Xi) 1953', '😀'])
      expect(romanise(text, scheme)).toBe(text);
});
