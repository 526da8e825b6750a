// Answers: strips [published, begins, ends, value, entry]; the last that covers a point of both clocks counts.

/** A moment by its number; negative numbers name what is no moment. */
const timeOf = (number) => (number >= 0 ? D.times[number] : [PAST, FREE, NEVER][-number - 1]);

/** The strips of a path by its number, read when they are first asked for. */
const read = [];
function strips(path) {
  if (path < 0) return [];
  return (read[path] ??= chunks(D.rows[path]));
}
function chunks(flat) {
  const found = [];
  for (let i = 0; i < flat.length; i += 5) {
    found.push([timeOf(flat[i]), timeOf(flat[i + 1]), timeOf(flat[i + 2]), D.values[flat[i + 3]], flat[i + 4]]);
  }
  return found;
}
const paths = new Map(D.paths.map((path, number) => [path.join("/"), number]));
const pathNumber = (...steps) => paths.get(steps.join("/")) ?? -1;

/** The strip that holds at a point of both clocks. */
function stripAt(path, occurred, reported) {
  const row = strips(path);
  for (let i = row.length - 1; i >= 0; i -= 1) {
    const [published, begins, ends] = row[i];
    if (published <= reported && begins <= occurred && occurred < ends) return row[i];
  }
  return null;
}
const answer = (path, occurred = moment.at, reported = moment.reported) =>
  stripAt(path, occurred, reported)?.[3] ?? null;

/** The moments of the reported clock at which a path changes, or a version of an entry behind it. */
const turns = [];
const turnsOf = (path) => (turns[path] ??= findTurns(strips(path)));
function findTurns(row) {
  const versions = [...new Set(row.map(([, , , , entry]) => entry))].flatMap((n) => D.claims[n] ?? []);
  const told = versions.flatMap(({ r }) => r.flat()).map((at) => (at === -1 ? NEVER : (at ?? PAST)));
  return sorted([...row.map(([published]) => published), ...told]);
}

/** How many turns of a path lie behind a moment: while that stays, so does all that is said of the path. */
const turn = (path, reported) => turnsOf(path).findLastIndex((at) => at <= reported) + 1;

/** The steps of a path over the occurred clock, as published by a moment: [from, value, entry]. */
const stepsKept = [];
function steps(path, reported) {
  const at = turn(path, reported);
  if (stepsKept[path]?.at !== at) stepsKept[path] = { at, found: path < 0 ? [] : stepsOf(path, reported) };
  return stepsKept[path].found;
}
function stepsOf(path, reported) {
  const row = strips(path).filter(([published]) => published <= reported);
  const starts = [...new Set(row.flatMap(([, begins, ends]) => [begins, ends]))].filter((m) => m < FREE);
  const found = [];
  for (const from of starts.sort((a, b) => a - b)) {
    const strip = stripAt(path, from, reported);
    const [value, entry] = [strip?.[3] ?? null, strip?.[4] ?? 0];
    const last = found.at(-1);
    if (!last || last[1] !== value || last[2] !== entry) found.push([from, value, entry]);
  }
  return found;
}

/** The holder in a value of control; null where it is not known. */
const holder = (value) => value?.n ?? (value?.f === "nobody" ? "NOBODY" : null);

const entries = D.entries;
for (const told of [...entries, ...Object.values(D.claims).flat()])
  told.reports = (told.reports ?? []).map((i) => D.reports[i]);
const byPosition = new Map(entries.map((entry) => [entry.n, entry]));
const byId = new Map(entries.map((entry) => [entry.id, entry]));
const languageNumber = () => D.languages.findIndex(([code]) => code === language);
const says = (told) => told.says[languageNumber()];
const publishedOf = (reports) => Math.min(...reports.map((report) => report.p?.[1] ?? NEVER));

/** Tell whether a moment lies in a stretch: null is open, -1 is the clock left free. */
function within([from, to], reported) {
  const begun = from === -1 ? reported === NEVER : (from ?? PAST) <= reported;
  return begun && (to === null || (to === -1 ? reported !== NEVER : reported < to));
}

/** The reports that had been published by a moment. */
const reportsBy = (reports, reported) =>
  reports.filter((report) => reported === NEVER || (report.p?.[1] ?? NEVER) <= reported);

/** The versions of an entry as published by a moment; the one that stands comes first. */
function versionsOf(position, reported) {
  const found = (D.claims[position] ?? []).filter((claim) => claim.r.some((stretch) => within(stretch, reported)));
  return found.sort((a, b) => (b.stands ?? 0) - (a.stands ?? 0));
}

/** An entry as one version of itself, where nothing else was said. */
const asClaim = (entry) => ({ ...entry, by: entry.n, stands: 1 });
const versionsOrSelf = (position, reported) => {
  const found = versionsOf(position, reported);
  return found.length || !byPosition.has(position) ? found : [asClaim(byPosition.get(position))];
};

const FLOWS = new Set("moved received sent escaped recaptured released repatriated died".split(" "));

/** The entries that a value rests on: a flow on all that it adds up, anything else on the last. */
function behind(path, occurred, reported) {
  const found = steps(path, reported).filter(([from, , entry]) => from <= occurred && byPosition.has(entry));
  const used = FLOWS.has(D.paths[path].at(-1)) ? found : found.slice(-1);
  return [...new Set(used.map(([, , entry]) => entry))];
}

/** The most versions that an entry behind a value has. */
function differing(path, occurred, reported) {
  return behind(path, occurred, reported).reduce((most, at) => Math.max(most, versionsOf(at, reported).length), 0);
}

/** The date of an entry, or of a version of it, that ends at a moment. */
function datedBy(position, ends) {
  const dates = [byPosition.get(position), ...(D.claims[position] ?? [])].map((told) => told?.o);
  return dates.find((date) => date && date[1] === ends);
}

/** The moment from which an entry may have happened, where it is dated less exactly than by its end. */
function earliest(position, ends) {
  const date = datedBy(position, ends);
  return date ? (date[0] ?? PAST) : ends;
}

/** The end in a list that comes next in a direction; the moment itself where there is none. */
const neighbour = (ends, from, way) =>
  (way < 0 ? ends.findLast((end) => end < from) : ends.find((end) => end > from)) ?? from;
const sorted = (moments) => [...new Set(moments)].filter((m) => m !== undefined).sort((a, b) => a - b);
const occurredEnds = sorted(entries.map((entry) => entry.end));
const publishedEnds = sorted(entries.flatMap((entry) => entry.reports.map((report) => report.p?.[1])).filter(Boolean));
