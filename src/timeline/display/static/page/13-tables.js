// Tables hold every row there ever is, so that nothing jumps; each cell knows its path.

const ROWS = 60;
const NUMERIC = new Set("held counted planned moved claimed remaining capacity violations".split(" "));
const isNumeric = (key) => NUMERIC.has(key) || FLOWS.has(key);
let cells = [];
let limits = {};

/** Agreements whose names or parties need more than a line of half a row. */
const LONG_TEXT = 45;
const isLong = (table) =>
  table.id === "agreements" &&
  table.rows.some(([slug, row]) => [name(slug), ...row.map(longest)].some((text) => text.length > LONG_TEXT));
const longest = (path) =>
  strips(path).reduce((most, [, , , value]) => {
    const text = Array.isArray(value) ? partiesSaid(value) : "";
    return text.length > most.length ? text : most;
  }, "");
const isManyColumned = (table) => table.columns.length > 6;
const isWide = (table) => isManyColumned(table) || isLong(table);
const isTall = (a, b) => b.rows.length - a.rows.length;

/* Roles are written out: a browser may forget them where a phone shows the cells of a row as a list. */

/** Draw the tables: small ones in two columns of about one height, wide ones below. */
function drawTables() {
  cells = [];
  const columns = [[], []];
  const heights = [0, 0];
  for (const table of D.tables.filter((one) => !isWide(one)).toSorted(isTall)) {
    const shorter = heights[0] <= heights[1] ? 0 : 1;
    columns[shorter].push(table);
    heights[shorter] += Math.min(table.rows.length, ROWS) + 3;
  }
  const column = (tables) => el("div", {}, tables.map(drawTable));
  const small = el("div", { class: "columns" }, columns.filter((tables) => tables.length).map(column));
  return [small, ...D.tables.filter(isWide).map(drawTable)];
}
function tableTitle(table) {
  return table.own ? capital(word(table.id)) : word(`table_${table.id}`);
}
function drawTable(table) {
  const title = `${table.id}-title`;
  const body = el("tbody", { role: "rowgroup" });
  const numeric = table.columns.map((column) => (table.own ? ownNumbers(table, column) : table.id === "headcounts" || isNumeric(column)));
  const head = [table.heading, ...table.columns].map((key, i) =>
    el(
      "th",
      { scope: "col", role: "columnheader", class: i && numeric[i - 1] ? "number" : "" },
      capital(word(key === "control" ? "held_by" : key)),
    ),
  );
  const more = button("", () => showMore(table), { class: "more", hidden: true });
  const section = el(
    "section",
    {
      class: "panel",
      "data-section": table.id,
      "aria-labelledby": title,
    },
    el("h2", { id: title }, tableTitle(table)),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-labelledby": title },
      el("table", { role: "table", class: `table-${table.id}${isManyColumned(table) ? " wide" : ""}` }, el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, head)), body),
    ),
    more,
  );
  fillTable(table, body, more, numeric);
  return section;
}

/** Tell whether all that a column of a user's own table ever says are numbers. */
function ownNumbers(table, column) {
  const at = table.columns.indexOf(column);
  const said = table.rows.flatMap(([, row]) => valuesOf(row[at]));
  return said.length > 0 && said.every((value) => typeof value === "number" || value?.q);
}
function valuesOf(cell) {
  const [path, field] = [cell].flat();
  return strips(path)
    .map(([, , , value]) => (field ? value?.r?.[field] : value))
    .filter((value) => value !== null && value !== undefined);
}
function showMore(table) {
  limits[table.id] = (limits[table.id] ?? ROWS) + 500;
  refillTables();
}
function fillTable(table, body, more, numeric) {
  const by = new Intl.Collator(language, { numeric: true });
  const all = table.rows.filter(([slug]) => D.tables.length && (table.rows.length <= ROWS || shows(slug)));
  const named = table.own ? all : all.sort((a, b) => by.compare(name(a[0]), name(b[0])));
  const limit = limits[table.id] ?? ROWS;
  const rows = named.slice(0, limit);
  body.replaceChildren(
    ...rows.map(([slug, row]) => {
      const made = row.map((cell, i) => drawCell(table, slug, cell, table.columns[i], numeric[i]));
      return el(
        "tr",
        { role: "row", "data-slug": slug, hidden: !shows(slug) },
        el("th", { scope: "row", role: "rowheader", title: name(slug) }, el("span", { class: "row-name" }, name(slug))),
        made,
      );
    }),
  );
  more.hidden = named.length <= limit;
  more.textContent = fill(word("show_more"), count(named.length - limit));
}

/** Fill the tables that are too long to hold all rows again, for what the filters leave. */
function refillTables() {
  cells = [];
  $("#tables").replaceChildren(...drawTables());
  updateTables();
}
function drawCell(table, slug, cell, column, numeric) {
  const [path, field] = [cell].flat();
  const label = capital(word(column === "control" ? "held_by" : column));
  const td = el("td", { role: "cell", class: numeric ? "number" : "", "data-column": column, "data-label": label });
  if (path < 0) return td;
  const text = button("", () => openClaims(path, moment.at), { class: "value", hidden: true });
  const mark = button("", () => openClaims(path, moment.at), { class: "differ", hidden: true });
  mark.append(differSign());
  td.append(el("div", { class: "cell" }, text, mark));
  cells.push({ path, field, slug, column, text, mark, said: "", differ: 0, now: [] });
  return td;
}

/** A value as its cell shows it. */
function cellText({ path, field, slug, column }) {
  const found = answer(path);
  const value = field ? (found?.r?.[field] ?? null) : found;
  if (D.paths[path][0] === "facilities" && column === "control") return controlSaid(path, slug, value);
  if (D.paths[path][0] === "agreements" && column === "status" && D.paths[path].length === 3)
    return agreementSaid(slug, path);
  if (column === "parties" && D.paths[path][0] === "agreements" && value) return partiesSaid(value);
  return valueText(value, slug);
}
function partiesSaid(value) {
  return value
    .map(({ l, v }) => valueText(v) + (l === "signed" || l === "joined" ? "" : ` (${word(l)})`))
    .join(isArabic() ? "، " : ", ");
}
function controlSaid(path, slug, value) {
  const contested = answer(pathNumber("facilities", slug, "contested")) ? ` · ${word("contested")}` : "";
  const who = holder(value);
  if (!who) return contested ? word("unknown") + contested : stripAt(path, moment.at, moment.reported) ? "?" : "";
  const [, from, , , position] = stripAt(path, moment.at, moment.reported);
  return `${name(who)}${contested} ${sinceSaid(from, position)}`;
}
/** A state with the date of the entry that it began with; an entry without a date gives none. */
function stateSaid(path, said) {
  const [, from, , , position] = stripAt(path, moment.at, moment.reported) ?? [];
  return said && byPosition.get(position)?.o ? `${said} ${sinceSaid(from, position)}`.trimEnd() : said;
}
/** The day of an entry that was published within it: the state is known from the publication on. */
function dayAround(position, from) {
  const [begins, ends] = byPosition.get(position)?.o ?? [];
  return begins < from && from < ends && ends - begins <= DAY + 2 * HOUR ? [begins, ends] : undefined;
}
function sinceSaid(from, position) {
  if (from === PAST || from >= FREE) return "";
  const date = datedBy(position, from) ?? dayAround(position, from);
  if (date && date[0] === null) return fill(word("since_or_before"), day(from, "medium"));
  const exact = !date || date[1] - date[0] <= DAY + 2 * HOUR;
  return fill(word("since_date"), exact ? day(date?.[1] ?? from, "medium") : when(date));
}
const COMPOSED = new Set(["control", "status"]);
function updateTables() {
  for (const cell of cells) {
    const now = [stripAt(cell.path, moment.at, moment.reported), turn(cell.path, moment.reported)];
    if (cell.now[0] === now[0] && cell.now[1] === now[1] && !COMPOSED.has(cell.column)) continue;
    cell.now = now;
    const text = cellText(cell);
    if (text !== cell.said) {
      cell.said = cell.text.textContent = text;
      cell.text.hidden = !text;
    }
    const differ = text ? differing(cell.path, moment.at, moment.reported) : 0;
    if (differ === cell.differ) continue;
    cell.differ = differ;
    cell.mark.hidden = differ < 2;
    cell.mark.setAttribute(
      "aria-label",
      `${name(cell.slug)}, ${word(cell.column)}: ${counted(differ, "claims")}`,
    );
  }
}
