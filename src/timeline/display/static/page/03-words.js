// Words and names in the reader's language, numbers and dates; Western digits in both languages.

let language = D.language;
const isolated = (text) => `\u2068${text}\u2069`;
const bare = (text) => text.replace(/[\u2066-\u2069]/g, "");
const isArabic = () => language === "ar";
const NUMBERS = new Intl.NumberFormat("en");
const count = (number) => NUMBERS.format(number);

/** Short months of the Levant, which Intl does not have. */
const LEVANT = ["ك2", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "ت1", "ت2", "ك1"];
const STYLES = {
  long: { day: "numeric", month: "long", year: "numeric" },
  medium: { day: "numeric", month: "short", year: "numeric" },
  short: { day: "numeric", month: "short" },
  month: { month: "short" },
  monthYear: { month: "long", year: "numeric" },
};
const FORMATS = Object.fromEntries(
  [
    ["en", "en-GB"],
    ["ar", "ar-SY-u-nu-latn"],
  ].map(([code, locale]) => [
    code,
    Object.fromEntries(
      Object.entries(STYLES).map(([style, how]) => [
        style,
        new Intl.DateTimeFormat(locale, { ...how, timeZone: "UTC" }),
      ]),
    ),
  ]),
);

/** A date in words, of what the zone's clocks show, given as if it were UTC. */
function dateText(shown, style) {
  const ms = Math.floor(shown / 1000);
  if (!isArabic() || style === "long" || style === "monthYear") return FORMATS[language][style].format(ms);
  if (style === "medium") return FORMATS.ar.long.format(ms);
  const month = LEVANT[new Date(ms).getUTCMonth()];
  return style === "month" ? month : `${new Date(ms).getUTCDate()} ${month}`;
}

/** The day before a moment; with the time of day, where it is not the end of one. */
function day(moment, style = "long") {
  const shown = shownAt(moment);
  if (endOfDay(moment) === moment) return dateText(shown, style);
  return `${dateText(shown, style)}, ${new Date(Math.ceil(shown / 1000)).toISOString().slice(11, 16)}`;
}

/** Fill the places {0}, {1} ... of a text; what fills one is not read as a text with places. */
const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (place, i) => values[i] ?? place);

const PLURALS = { en: new Intl.PluralRules("en"), ar: new Intl.PluralRules("ar") };

/** A number with its noun, in the form that the number asks for; `governed` by a word before it. */
function counted(number, unit, governed = false) {
  const forms = D.units[language][unit];
  const form = PLURALS[language].select(number);
  return ((governed && forms[`${form}_genitive`]) || forms[form] || forms.other).replace("{n}", count(number));
}

const feminine = new Set(D.feminine);

/** A word of the page or of the vocabulary; an adjective agrees with the noun it stands with. */
function word(key, of) {
  const found = D.words[language][key] ?? D.words.en[key] ?? key.replaceAll("_", " ");
  return Array.isArray(found) ? found[feminine.has(of) ? 1 : 0] : found;
}

/** The name of an entity in the reader's language, or in any; its slug where it has none. */
function name(slug) {
  if (slug === "NOBODY") return word("nobody");
  const found = D.names[slug];
  return found?.[language] ?? found?.en ?? Object.values(found ?? {})[0] ?? slug;
}

/** The name without what only describes it, for lanes and the map; a slug that tells two of one name apart stays. */
function short(slug) {
  const apart = name(slug).endsWith(` (${slug})`) ? ` (${slug})` : "";
  return shorter(slug) + apart;
}
function shorter(slug) {
  const found = name(slug)
    .replace(/\s*\([^)]*\)/g, "")
    .replace(/,.*$/, "")
    .replace(/ \/ .*?(?=( prison|$))/, "");
  return capital(found || slug);
}

/** A text of at most so many characters. */
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

/** A fuzzy time in words. */
function when(span) {
  if (!span) return word("undated");
  const [from, to, text] = span;
  const about = /[~%]/.test(text) ? `${word("about_date")} ` : "";
  if (/^\d{4}$/.test(text)) return text;
  if (/^\d{4}-\d\d$/.test(text)) return dateText(from + offsetAt(from), "monthYear");
  if (to === null) return from === null ? "?" : fill(word("from_date"), day(endOfDay(from + 1)));
  if (from === null) return fill(word("by_date"), day(to));
  if (to - from <= DAY + 2 * HOUR) return about + day(to);
  return `${about}${day(endOfDay(from + 1), "short")} – ${day(to)}`;
}

/** What a unit is called: by its name, by the word for several, or as the source writes it. */
function unitName(unit) {
  const forms = D.units[language][unit];
  if (D.names[unit]) return name(unit);
  if (!forms) return unit.replaceAll("-", " ");
  return (forms.few ?? forms.other).replace("{n}", "").trim();
}

/** A number of [low, best, high, unit] by signs, as tables have it. */
function quantity(q) {
  const [low, best, high, unit] = q;
  return isolated(signed(low, best, high) + (unit && unit !== "people" ? ` ${unitName(unit)}` : ""));
}
function signed(low, best, high) {
  const likely = best === null ? "" : ` (${count(best)})`;
  if (low === high) return count(low);
  if (high === null && !low) return best === null ? "?" : `≈${count(best)}`;
  if (high === null) return `≥${count(low)}${likely}`;
  return low ? `${count(low)}–${count(high)}${likely}` : `≤${count(high)}${likely}`;
}

/** A number in words, as sentences have it; with the noun for people where no verb says that people are meant. */
function spoken(q, noun = false) {
  const [low, best, high] = q;
  const number = (value) => isolated(noun ? counted(value, "people", true) : count(value));
  const put = (key, value) => fill(word(key), number(value));
  if (low === high) return number(low);
  if (high === null && best === null) return low ? put("at_least_number", low) : word("unknown_number");
  if (high === null && !low) return put("about_number", best);
  return low === 0 && best === null ? put("up_to_number", high) : quantity(q);
}

/** Any value of a projection as text; `of` is the entity it belongs to. */
function valueText(value, of) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value))
    return value
      .map((part) => valueText(part, of))
      .filter(Boolean)
      .join(isArabic() ? "، " : ", ");
  if (typeof value !== "object") return String(value);
  if ("q" in value) return quantity(value.q);
  if ("n" in value) return name(value.n);
  if ("w" in value) return word(value.w, of);
  if ("f" in value) return word(value.f, of);
  if ("d" in value) return when(value.d);
  if ("c" in value) return value.c ? count(value.c) : "";
  if ("l" in value) return `${word(value.l)} ${valueText(value.v, of)}`;
  return Object.entries(value.r ?? {})
    .map(([key, inner]) => `${word(key)} ${valueText(inner, of)}`)
    .join(" ");
}
