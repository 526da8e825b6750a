// Filters: one predicate of an entry. What it leaves decides for lanes, map, dots, rows, findings and entries.

const LATE = 7 * DAY;
let kept = new Set();
let keptSlugs = null;
let applied = "";
const slugOf = (tag) => tag.slice(tag.indexOf(":") + 1);
const isLate = (entry) => entry.pub !== undefined && entry.end !== undefined && entry.pub - entry.end > LATE;
const daysLate = (entry) => Math.round((entry.pub - entry.end) / DAY);

/** What a kind of entry is filtered by: a part of the vocabulary, or how it was reported. */
const KINDS = {
  late: isLate,
  differ: (entry) => versionsOf(entry.n, moment.reported).length > 1 || entry.type === "editorial.disputed",
  corrected: (entry) => entry.type === "editorial.corrected",
  planned: (entry) => entry.mod === "planned",
};

/** Tell whether an entry is one that the filters ask for. */
function passes(entry) {
  const { facility, authority, kind, text } = filters;
  if (facility && !entry.tags.includes(`facility:${facility}`)) return false;
  if (authority && !entry.tags.includes(`authority:${authority}`)) return false;
  if (kind && !(KINDS[kind] ? KINDS[kind](entry) : entry.type.startsWith(`${kind}.`))) return false;
  return text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((wanted) => textOf(entry).includes(wanted));
}

/** Work out which entries the filters leave; tell whether that changed. */
function applyFilters() {
  const { text, facility, authority, kind } = filters;
  const key = JSON.stringify([filters, language, kind === "differ" ? String(moment.reported) : ""]);
  if (key === applied) return false;
  applied = key;
  const found = text || facility || authority || kind ? entries.filter(passes) : entries;
  kept = new Set(found.map((entry) => entry.n));
  const named = facility ? [facility] : found.flatMap((entry) => entry.tags.map(slugOf));
  keptSlugs = found === entries ? null : new Set(named);
  return true;
}

/** Everything that an entry says, in small letters: sentences, names, sources and their words. */
const texts = new Map();
function textOf(entry) {
  if (!texts.has(entry.n)) {
    const told = entry.reports.flatMap((report) => [report.s, report.q, report.a]);
    const names = entry.tags.flatMap((tag) => Object.values(D.names[slugOf(tag)] ?? {}));
    const said = [entry.id, ...entry.says.map(bare), ...names, ...entry.tags.map(slugOf), ...told];
    texts.set(entry.n, said.filter(Boolean).join(" ").toLowerCase());
  }
  return texts.get(entry.n);
}
const shows = (slug) => !keptSlugs || keptSlugs.has(slug);
