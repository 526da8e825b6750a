// What does not fit: findings by kind, counted, each linked to what it is about.

const SHOWN_FINDINGS = 100;
let saidFindings = "";

/** The findings at a point of both clocks. */
function findingsAt(occurred, reported) {
  const happened = (from) => (from === -1 ? occurred === FREE : (from ?? PAST) <= occurred);
  return D.findings.filter((found) => happened(found.from) && within(found.r, reported));
}
function updateFindings() {
  const found = findingsAt(moment.at, moment.reported).filter(
    (f) => !f.entries.length || f.entries.some((n) => kept.has(n)),
  );
  const key = language + found.map((f) => D.findings.indexOf(f)).join();
  if (key === saidFindings && $("#findings").firstChild) return;
  saidFindings = key;
  const open = new Set([...document.querySelectorAll("#findings > details[open]")].map((made) => made.dataset.kind));
  const kinds = [...grouped(found, (f) => f.kind)].sort((a, b) => b[1].length - a[1].length);
  $("#findings").replaceChildren(...kinds.map(([kind, list]) => findingGroup(kind, list, open.has(kind))));
  if (!found.length) $("#findings").textContent = word("nothing");
}

/** What a finding is about: an entity that has a table row, else what its first entry names. */
const SUBJECTS = ["facility:", "operation:", "agreement:", "sector:", "authority:"];
function subjectOf(found) {
  if (found.about) return found.about;
  const tags = byPosition.get(found.entries[0])?.tags ?? [];
  const kind = SUBJECTS.find((one) => tags.some((tag) => tag.startsWith(one)));
  return kind ? slugOf(tags.find((tag) => tag.startsWith(kind))) : "";
}

/** What a kind of finding means, says, why it matters and what to do; null for a kind of the user's own. */
const helpOf = (kind) => D.helps[kind]?.[languageNumber()];
function findingGroup(kind, list, open) {
  const subjects = [...grouped(list, subjectOf)].sort((a, b) => b[1].length - a[1].length);
  const most = subjects
    .slice(0, 4)
    .map(([slug, all]) => `${slug ? short(slug) : word("elsewhere")} ${count(all.length)}`)
    .join(" · ");
  const made = el(
    "details",
    { "data-kind": kind, open },
    el("summary", {}, `${capital(word(kind))} `, el("b", {}, count(list.length)), " ", el("small", {}, most)),
  );
  const inside = () => {
    if (made.children.length === 1)
      made.append(
        ...explained(kind),
        ...subjects.slice(0, SHOWN_FINDINGS).map(([slug, all]) => findingSubject(slug, all)),
      );
  };
  made.addEventListener("toggle", inside);
  made.fill = inside;
  if (open) inside();
  return made;
}
/** What the kind says, and what an editor does about it. */
function explained(kind) {
  if (!helpOf(kind)) return [];
  const [, says, matters, remedy] = helpOf(kind);
  const marked = (text) => text.split("`").map((part, i) => (i % 2 ? el("code", { dir: "ltr" }, part) : part));
  return [
    el("p", { class: "explained" }, marked(`${says} ${matters}`)),
    el("p", { class: "explained" }, el("b", {}, word("what_to_do")), " ", marked(remedy)),
  ];
}
function findingSubject(slug, all) {
  return el(
    "div",
    {},
    el("h3", {}, slug ? name(slug) : word("elsewhere")),
    el("ul", {}, all.slice(0, SHOWN_FINDINGS).map(findingLine)),
  );
}
function findingLine(found) {
  const linked = found.entries.map((n) => {
    const entry = byPosition.get(n);
    const opens = button(says(entry), () => openEntry(n), { class: "link" });
    return el("li", {}, opens, " ", el("small", {}, entryNote(entry)));
  });
  const path = paths.get(found.path.join("/"));
  const value = path === undefined ? "" : button(word("show_value"), () => openClaims(path, moment.at));
  return el("li", {}, el("span", { dir: "auto" }, findingSaid(found)), " ", value, el("ul", {}, linked));
}
const entryNote = (entry) =>
  [entry.o ? when(entry.o) : "", ...new Set(entry.reports.map((report) => report.s))].filter(Boolean).join(" · ");

/** The kinds of which the entries say all that there is to say. */
const SAID_BY_ENTRIES = new Set(["disputed", "possible_duplicate"]);

/** The value in question and what its kind means; in English, the message with names for slugs. */
function findingSaid(found) {
  const help = helpOf(found.kind);
  const value = found.path.length > 2 ? word(found.path.at(-1)) : "";
  if (SAID_BY_ENTRIES.has(found.kind)) return capital(value || help[0]);
  if (isArabic() && help) return [value, help[0]].filter(Boolean).join(": ");
  const tags = found.entries.flatMap((n) => byPosition.get(n).tags.map(slugOf));
  const slugs = new Set([...found.path.slice(1), found.about, ...tags].filter((slug) => D.names[slug]));
  return found.says.replace(/[\p{L}\p{N}][\p{L}\p{N}_-]*/gu, (text) => (slugs.has(text) ? name(text) : text));
}
