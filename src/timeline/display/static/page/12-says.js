// The moment in a sentence, and what changed.

/** From how many agreements on the sentence counts them. */
const MANY_AGREEMENTS = 12;

const agreementPaths = D.paths
  .filter((p) => p[0] === "agreements" && p.length === 3 && p[2] === "status")
  .map((p) => p[1]);
const operations = D.paths
  .filter((p) => p[0] === "custody" && p[1] === "operations" && p[3] === "planned")
  .map((p) => p[2]);
const figures = D.paths.flatMap((p, n) =>
  p[0] === "custody" && p.length === 3 && /^(escaped|held|counted)$/.test(p[2]) ? [n] : [],
);
const operation = (slug, field) => answer(pathNumber("custody", "operations", slug, field));

/** Who held how many of the places. */
function holdersSaid() {
  const counts = new Map();
  for (const slug of allLanes) {
    const who = holder(answer(controlOf(slug)));
    if (who) counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  const held = [...counts].sort((a, b) => b[1] - a[1]);
  const total = held.reduce((sum, [, many]) => sum + many, 0);
  const said = held
    .slice(0, 5)
    .map(([who, many], i) => fill(word(i ? "holds" : "of_places"), name(who), count(many), i ? "" : counted(total, "places", true)));
  return said.join(comma());
}

const comma = () => (isArabic() ? "، " : ", ");
const semicolon = () => (isArabic() ? "؛ " : "; ");

/** The numbers of some paths at the moment, the largest first. */
function numbersAt(found) {
  const now = found.map((path) => [path, answer(path)]).filter(([, value]) => value?.q);
  return now.sort((a, b) => numberOf(b[1]) - numberOf(a[1]));
}

/** How many were held where: the places with most, and the number of places. */
function peopleSaid() {
  const now = numbersAt(heldPaths);
  if (!now.length) return "";
  const some = now.filter(([, { q }]) => q[2] !== 0);
  const most = (some.length ? some : now).slice(0, 4);
  const said = most.map(([path, { q }]) => fill(word("held_in"), spoken(q), short(D.paths[path][1])));
  const all = now.length > most.length ? [fill(word("places_counted"), counted(now.length, "places"))] : [];
  return [fill(word("held_said"), said.join(comma())), ...all].join(semicolon());
}

/** The headcounts of authorities, with the cohort and the date of each: a count may be years old. */
function headcountsSaid() {
  const said = numbersAt(headcounts).map(([path, { q }]) => {
    const [, , authority, cohort] = D.paths[path];
    const entry = byPosition.get(stripAt(path, moment.at, moment.reported)[4]);
    const said = spoken(q, true) + (cohort ? ` (${name(cohort)})` : "");
    return fill(word("in_hands_of"), name(authority), said) + (entry?.o ? `${comma()}${when(entry.o)}` : "");
  });
  return said.slice(0, 4).join(semicolon());
}

/** The agreements: how many are in which status where they are many, else the one to know. */
const agreementsSaid = () => (agreementPaths.length > MANY_AGREEMENTS ? statusesSaid() : agreementLead());
function statusesSaid() {
  const counts = new Map();
  for (const slug of agreementPaths) {
    const key = statusOf(slug);
    if (key) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]);
  const said = most.map(([key, many]) => fill(word("in_status"), count(many), word(key)));
  return said.length ? `${word("table_agreements")}: ${said.join(comma())}` : "";
}

/** How many entries there are up to both clocks: what can be said of any log. */
function entriesSaid() {
  const by = (entry) =>
    (moment.at === FREE || (entry.end ?? NEVER) <= moment.at) &&
    (moment.reported === NEVER || (entry.pub ?? NEVER) <= moment.reported);
  return `${word("entries", true)}: ${fill(word("entries_shown"), count(entries.filter(by).length), counted(entries.length, "entries", true))}`;
}

/** The latest agreement, one with an end before others. */
function agreementLead() {
  const began = (slug) =>
    steps(pathNumber("agreements", slug, "status"), moment.reported)
      .filter(([from]) => from <= moment.at)
      .at(-1);
  const found = agreementPaths
    .map((slug) => [slug, began(slug)])
    .filter(([, step]) => step?.[1])
    .sort((a, b) => b[1][0] - a[1][0]);
  const [slug] = found.find(([one]) => answer(pathNumber("agreements", one, "until"))) ?? found[0] ?? [];
  return slug ? `${name(slug)}: ${agreementSaid(slug)}` : "";
}

/** The word for the status of an agreement: how it ended, if it did; undefined if nothing is known. */
function statusOf(slug) {
  const status = answer(pathNumber("agreements", slug, "status"));
  return (status?.w === "ended" && answer(pathNumber("agreements", slug, "ending"))?.w) || status?.w;
}

/** The status of an agreement, with its end and whether that has passed; without an end, with its beginning. */
function agreementSaid(slug, path = -1) {
  const at = (field) => answer(pathNumber("agreements", slug, field));
  const status = at("status");
  if (!status) return "";
  const until = at("until");
  const said = word(statusOf(slug), slug);
  if (!until || status.w === "ended") return stateSaid(path, said);
  return `${said} ${fill(word("until_date"), when(until.d))}` + (at("overdue") ? `${isArabic() ? "، " : " "}${word("and_overdue", slug)}` : "");
}
function operationSaid() {
  const slug = operations.find((one) => operation(one, "planned"));
  const moved = slug && (operation(slug, "claimed") ?? operation(slug, "moved"));
  if (!moved) return "";
  const key = operation(slug, "claimed") ? "moved_as_claimed" : "moved_of";
  return `${short(slug)}: ${fill(word(key), spoken(moved.q), spoken(operation(slug, "planned").q, true))}`;
}

/** The figure about which most sources differ, with its lowest and highest value. */
function disputedSaid() {
  const [path, most] =
    figures.map((n) => [n, differing(n, moment.at, moment.reported)]).sort((a, b) => b[1] - a[1])[0] ?? [];
  if (!most || most < 2) return "";
  const [, slug, what] = D.paths[path];
  const versions = behind(path, moment.at, moment.reported).flatMap((n) => versionsOf(n, moment.reported));
  const bounds = versions.flatMap(({ q }) => (q ? [q.q[1] ?? (q.q[0] || q.q[2])] : [])).filter((n) => n !== null);
  const [low, high] = [Math.min(...bounds), Math.max(...bounds)];
  const range = bounds.length
    ? isolated(low === high ? count(low) : `${count(low)}–${count(high)}`)
    : word("unknown_number");
  return fill(word("sources_differ"), `${word(what)} · ${short(slug)}`, range);
}

let saidState = "";
function updateState() {
  const people = holdersSaid() ? [holdersSaid()] : [peopleSaid(), headcountsSaid()];
  const parts = [...people, agreementsSaid(), operationSaid(), disputedSaid()].filter(Boolean);
  const text = (parts.length ? parts : [entriesSaid()]).map((part) => `${capital(part)}.`).join(" ");
  const key = clocksSaid() + text + language;
  if (key === saidState && $("#state").firstChild) return;
  saidState = key;
  $("#state").replaceChildren(el("strong", {}, clocksSaid()), " ", text);
}

/** One entry in a line: its sentence, its modality, its sources, and how late it was published. */
function entryLine(entry) {
  const sources = [...new Set(entry.reports.map((report) => report.s))].slice(0, 2);
  return el(
    "li",
    { class: kept.has(entry.n) ? "" : "gone" },
    button(says(entry), () => openEntry(entry.n), { class: "link" }),
    " ",
    entry.mod ? el("em", {}, `${word(entry.mod)} `) : "",
    el(
      "small",
      {},
      sources.map((source, i) => [i ? ", " : "", el("bdi", {}, source)]),
    ),
    isLate(entry) ? el("small", { class: "late" }, ` ${fill(word("days_later"), counted(daysLate(entry), "days", true))}`) : "",
  );
}
const ADDS = new Set(["editorial.corroborated", "editorial.merged", "facility.registered", "entity.registered"]);
const isNews = (entry) => !ADDS.has(entry.type);
const saidLists = {};
const scrolled = new Set();
function fillList(id, title, list) {
  const key = language + applied + list.map((entry) => entry.n).join();
  $(`#${id}-title`).textContent = title;
  if (saidLists[id] === key && $(`#${id}`).firstChild) return;
  saidLists[id] = key;
  const shown = list.slice(0, 40);
  const more = list.length - shown.length;
  $(`#${id}`).replaceChildren(
    ...(list.length ? shown.map(entryLine) : [el("li", {}, word("nothing"))]),
    more ? el("li", {}, fill(word("and_more"), count(more))) : "",
  );
  if (scrolled.delete(id)) $(`#${id}`).scrollTop = 0;
}

/** What happened on the last day by the one clock, and what was published on the last day by the other. */
function updateChanged() {
  const happened = occurredEnds.findLast((end) => end <= moment.at);
  const told = publishedEnds.findLast((end) => end <= moment.reported);
  const said = (key, at) => (at === undefined ? word("nothing") : fill(word(key), day(at)));
  const by = (entry) => isNews(entry) && (moment.reported === NEVER || (entry.pub ?? NEVER) <= moment.reported);
  fillList("happened", said("happened_on", happened), entriesAt("end", happened).filter(by));
  fillList("told", said("published_on", told), entriesAt("pub", told).filter(isNews));
}
const indexed = { end: grouped(entries, (entry) => entry.end), pub: grouped(entries, (entry) => entry.pub) };
const entriesAt = (field, at) => (at === undefined ? [] : (indexed[field].get(at) ?? []));
