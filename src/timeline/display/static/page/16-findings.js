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
function subjectOf(found) {
  if (found.about) return found.about;
  const tag = byPosition.get(found.entries[0])?.tags.find((one) => one.startsWith("facility:"));
  return tag ? slugOf(tag) : "";
}
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
      made.append(...subjects.slice(0, SHOWN_FINDINGS).map(([slug, all]) => findingSubject(slug, all)));
  };
  made.addEventListener("toggle", inside);
  made.fill = inside;
  if (open) inside();
  return made;
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
  const linked = found.entries.map((n, i) => [
    i ? " · " : "",
    button(says(byPosition.get(n)), () => openEntry(n), { class: "link" }),
  ]);
  const path = paths.get(found.path.join("/"));
  const value = path === undefined ? "" : button(word("show_value"), () => openClaims(path, moment.at));
  return el("li", {}, isArabic() ? "" : el("span", {}, `${found.says} `), el("small", {}, linked), " ", value);
}
