// Moments are microseconds since 1970, as exclusive ends. A date is the end of that day in the timeline's zone.

const D = JSON.parse($("#data").textContent);
const SECOND = 1e6;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const PAST = -Infinity; // before all
const FREE = Number.MAX_VALUE; // the occurred clock left free
const NEVER = Infinity; // after all; the reported clock left free

/** How far the zone's clocks are ahead of UTC at a moment. */
function offsetAt(moment) {
  const { offsets } = D.zone;
  let found = offsets[0][1];
  for (const [from, seconds] of offsets) if (from <= moment) found = seconds;
  return found * SECOND;
}

/** The moment at which the zone's clocks show a time, given as if it were UTC; the first of two, as Python has it. */
function fromLocal(shown) {
  const before = shown - offsetAt(shown - 1.5 * DAY);
  const after = shown - offsetAt(before);
  return offsetAt(before) === shown - before || offsetAt(after) !== shown - after ? before : after;
}

/** A moment within the day or second that ends at a moment; numbers of far years are not exact to a microsecond. */
const justBefore = (moment) => moment - (Math.abs(moment) < Number.MAX_SAFE_INTEGER ? 1 : SECOND);

/** What the zone's clocks show just before a moment, as if it were UTC. */
const shownAt = (moment) => justBefore(moment) + offsetAt(justBefore(moment));

/** The end of the day in which a moment, as an exclusive end, lies. */
const endOfDay = (moment) => fromLocal((Math.floor(shownAt(moment) / DAY) + 1) * DAY);

/** The end of the day that is so many days later. */
const daysLater = (moment, days) => fromLocal((Math.floor(shownAt(moment) / DAY) + 1 + days) * DAY);

/** A moment as text: a date where it is the end of one, else an instant in UTC. */
function iso(moment) {
  if (endOfDay(moment) === moment) return new Date(shownAt(moment) / 1000).toISOString().slice(0, 10);
  const micro = String((((moment - 1) % SECOND) + SECOND) % SECOND)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const seconds = new Date(Math.floor((moment - 1) / SECOND) * 1000).toISOString().slice(0, 19);
  return `${seconds}${micro ? `.${micro}` : ""}Z`;
}

/** The moment that a text names; NaN where it names none. */
function parsed(text) {
  const found = (text ?? "").trim();
  if (/^\d{4}-\d\d-\d\d$/.test(found)) return fromLocal(Date.parse(`${found}T00:00:00Z`) * 1000 + DAY);
  const [, whole, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(found) ?? [];
  return whole ? Date.parse(whole + zone) * 1000 + Number(fraction.padEnd(6, "0")) + 1 : NaN;
}
