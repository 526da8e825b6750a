// Claims side by side: who says what of a value, and the entries behind it with their quotes.

/** Open what an entry says, and who says so. */
function openEntry(position) {
  const entry = byPosition.get(position);
  openDialog(says(entry), position, [entryBody(entry), aboutEntries(entry), entryFoot(entry)]);
}

/** The position, id and recorder of an entry. */
function entryFoot(entry) {
  const recorder = entry.tags.find((tag) => tag.startsWith("recorder:"));
  const said = [el("code", { dir: "ltr" }, entry.id), recorder && ` · ${fill(word("recorded_by"), slugOf(recorder))}`];
  return el("p", { class: "hint" }, `${fill(word("entry_number"), entry.n)} · `, said);
}

/** The entries that an entry is about, or builds on. */
function aboutEntries(entry) {
  const found = (entry.of ?? []).map((n) => byPosition.get(n)).filter(Boolean);
  if (!found.length) return [];
  return [el("h3", {}, word("about_entries")), el("ul", { class: "plain" }, found.map(entryLine))];
}

/** Open the versions of a value, with the entries from which it follows. */
function openClaims(path, at) {
  const steps_ = D.paths[path];
  const slug = steps_.at(-2);
  const positions = behind(path, at, moment.reported);
  const versions = positions.flatMap((of) => versionsOrSelf(of, moment.reported).map((claim) => ({ ...claim, of })));
  const value = answer(path, at, moment.reported);
  const figure = `${name(slug)} · ${word(steps_.at(-1))}: ${valueText(value, slug)}`;
  openDialog(`${name(slug)} · ${word(steps_.at(-1))}`, positions.at(-1) ?? 0, [
    el(
      "p",
      { class: "figure" },
      `${clocksSaid().replace(/[:：]$/, "")} — `,
      el("b", {}, valueText(value, slug)),
      " ",
      button(word("copy_citation"), (event) => copy(event, citation(bare(figure)))),
    ),
    versions.length ? strip(versions) : "",
    earlierValues(path, at),
    positions.map((n) => entryDetails(byPosition.get(n), positions.length === 1)),
  ]);
}
function entryDetails(entry, open) {
  return el("details", { open }, el("summary", {}, `#${entry.n} · ${says(entry)}`), entryBody(entry));
}
function openDialog(title, position, body) {
  const dialog = $("#claims");
  dialog.replaceChildren(
    el(
      "div",
      { class: "head" },
      el("h2", { id: "claims-title", tabindex: -1 }, title),
      button(word("close"), () => dialog.close()),
    ),
    ...body.flat(Infinity).filter(Boolean),
  );
  if (!dialog.open) dialog.showModal();
  $("#claims-title").focus();
  if (byPosition.has(position)) go({ entry: byPosition.get(position).id });
}

/** Every version that an entry has within the clocks, with its reports and their quotes. */
function entryBody(entry) {
  const all = versionsOf(entry.n, moment.reported);
  const one = (title, told, standing) =>
    el(
      "li",
      { class: standing ? "standing" : "" },
      el("p", {}, title, told.o ? el("small", {}, ` ${when(told.o)}`) : ""),
      el("ul", {}, reportsBy(told.reports, moment.reported).map(reportLine)),
    );
  const itself = () => one(`#${entry.n} · ${says(entry)}`, entry, true);
  const versions = all.map((claim) => one(claim.says ? says(claim) : word("denied"), claim, claim.stands));
  return el("ol", { class: "versions" }, versions.length ? versions : itself());
}

/** An address as people read it, for print: letters of any script instead of their codes. */
function readable(url) {
  try {
    return decodeURI(url).replace(/[\s\p{Cf}]/gu, encodeURIComponent);
  } catch {
    return url;
  }
}

/** What names a source, linked to the address of its report. */
function linked({ u }, shown) {
  const link = { href: u, "data-said": u && readable(u), rel: "noopener noreferrer", target: "_blank" };
  return u ? el("a", link, shown) : shown;
}
function reportLine(report) {
  const source = linked(report, el("b", {}, report.s));
  return el(
    "li",
    {},
    el("bdi", {}, source),
    report.p ? ` · ${when(report.p)}` : "",
    report.a ? [` · ${word("citing")} `, el("bdi", {}, report.a)] : "",
    report.c ? el("span", { class: "rating" }, `${word("rated")} ${report.c}`) : "",
    report.q ? el("q", { dir: "auto", lang: report.l }, report.q) : "",
  );
}

/** A running total over time: each value that anybody gave, by the day it is for. */
function earlierValues(path, at) {
  const list = steps(path, moment.reported).filter(([from, value]) => from <= at && value?.q);
  if (D.paths[path].at(-1) !== "claimed" || list.length < 2) return "";
  const rows = list
    .slice(-12)
    .map(([from, value]) => el("li", {}, `${day(from, "medium")}: `, el("b", {}, quantity(value.q))));
  return [el("h3", {}, word("earlier_values")), el("ol", { class: "plain totals" }, rows)];
}
