// Plans and what was said, and all entries by then.

const PAGE_SIZE = 60;
let limit = PAGE_SIZE;
let saidEntries = "";
let saidPlans = "";
const SAID = new Set([
  "agreement.statement_made",
  "agreement.talks_held",
  "agreement.threat_assessed",
  "agreement.commitment_made",
]);
const publishedBy = (entry) => moment.reported === NEVER || (entry.pub ?? NEVER) <= moment.reported;
const happenedBy = (entry) => (entry.end ?? entry.pub ?? PAST) <= moment.at;

/** The entries that are listed: by both clocks, and left by the filters; the latest first. */
function listed() {
  const last = (entry) => entry.end ?? entry.pub ?? PAST;
  const found = entries.filter(
    (entry) => kept.has(entry.n) && publishedBy(entry) && happenedBy(entry) && (isNews(entry) || filters.text),
  );
  return found.sort((a, b) => (last(b) === last(a) ? b.n - a.n : last(b) - last(a)));
}
function updateEntries() {
  const list = listed();
  const key = [language, limit, list.length, list[0]?.n, list.at(-1)?.n, applied].join();
  if (key === saidEntries && $("#entries").firstChild) return;
  saidEntries = key;
  $("#shown").textContent = fill(word("entries_shown"), count(list.length), counted(entries.length, "entries", true));
  $("#entries").replaceChildren(...list.slice(0, limit).map(entryRow));
  $("#more").hidden = list.length <= limit;
  $("#more").textContent = fill(word("show_more"), count(Math.min(100, list.length - limit)));
}
function entryRow(entry) {
  const late = isLate(entry) ? el("small", { class: "late" }, ` ${fill(word("days_later"), counted(daysLate(entry), "days", true))}`) : "";
  const corrects = entry.type === "editorial.corrected" ? byPosition.get(entry.of?.[0]) : null;
  return el(
    "li",
    { id: `entry-${entry.id}` },
    el("time", {}, entry.o ? when(entry.o) : entry.pub ? day(entry.pub) : word("undated")),
    el(
      "div",
      {},
      entry.mod ? el("em", {}, `${word(entry.mod)}: `) : "",
      button(says(entry), () => openEntry(entry.n), { class: "link" }),
      late,
      corrects ? el("small", { class: "was" }, ` ${fill(word("was"), says(corrects))}`) : "",
    ),
    el("small", { class: "sources" }, entry.reports.map(shortReport)),
  );
}

function shortReport(report) {
  const source = linked(report, report.s);
  return el("span", {}, el("bdi", {}, source), report.q ? el("q", { dir: "auto", lang: report.l }, report.q) : "");
}

/** The plans in force, and those that were carried out; the latest talks and statements. */
function updatePlans() {
  const plans = entries.filter((e) => e.mod === "planned" && publishedBy(e) && (e.pub ?? PAST) <= moment.at);
  const said = entries.filter((e) => SAID.has(e.type) && publishedBy(e) && e.end !== undefined && e.end <= moment.at);
  const last = said
    .filter((e) => kept.has(e.n))
    .sort((a, b) => b.end - a.end)
    .slice(0, 12);
  const key = [
    language,
    applied,
    moment.at === FREE,
    plans.map((e) => e.n + outcome(e)).join(),
    last.map((e) => e.n).join(),
  ].join();
  if (key === saidPlans && $(`#${plansLists[0]}`).firstChild) return;
  saidPlans = key;
  const shown = plans
    .filter((e) => kept.has(e.n))
    .map((e) => {
      const line = entryLine({ ...e, mod: undefined });
      line.prepend(el("span", { class: `outcome ${outcome(e)}` }, word(outcome(e))), " ", e.o ? `${when(e.o)}: ` : "");
      return line;
    });
  $("#plans")?.replaceChildren(...(shown.length ? shown : [el("li", {}, word("nothing"))]));
  $("#said")?.replaceChildren(
    ...(last.length
      ? last.map((e) => {
          const line = entryLine(e);
          line.prepend(el("time", {}, when(e.o)), " ");
          return line;
        })
      : [el("li", {}, word("nothing"))]),
  );
}

/** What became of a plan by then. */
function outcome(plan) {
  const done = entries.some(
    (e) => e.of?.includes(plan.n) && !e.type.startsWith("editorial.") && !e.mod && publishedBy(e) && happenedBy(e),
  );
  if (done) return "fulfilled";
  const now = moment.at === FREE ? (D.horizon ?? PAST) : moment.at;
  return plan.o?.[1] && plan.o[1] <= now ? "overdue" : "foreseen";
}
