// Each step, and the start.

let idle = 0;

/** Show the moment everywhere; what lies far below follows when the hand rests. */
function update() {
  if (applyFilters()) showFiltered();
  updateLanes();
  updateSquare();
  updateMap();
  updateState();
  updateChanged();
  updateTables();
  updateControls();
  clearTimeout(idle);
  idle = setTimeout(updateBelow, 60);
}
function updateBelow() {
  if (plansLists.length) updatePlans();
  updateFindings();
  updateEntries();
}
function updateControls() {
  const show = (id, text) => {
    const input = $(`#${id}`);
    if (document.activeElement !== input) input.value = text;
    input.classList.toggle("instant", text.length > 10);
  };
  show("at", moment.at === FREE ? "" : iso(moment.at));
  show("reported", moment.reported === NEVER ? (publishedEnds.length ? iso(LAST_TOLD) : "") : iso(moment.reported));
  $("#everything").setAttribute("aria-pressed", String(moment.reported === NEVER));
  $("#clear").hidden = !Object.values(filters).some(Boolean);
}

/** Dim or hide what the filters leave out. */
function showFiltered() {
  if (laneCount > MOST_LANES) drawLanes();
  if (D.tables.some((table) => table.rows.length > ROWS)) refillTables();
  for (const { slug, text } of lanes.places) text.classList.toggle("gone", !shows(slug));
  for (const made of document.querySelectorAll("#lanes [data-slug]"))
    made.classList.toggle("gone", !shows(made.dataset.slug));
  for (const row of document.querySelectorAll("#tables tr[data-slug]")) row.hidden = !shows(row.dataset.slug);
}

/** List so many entries, and so many rows of each table: everything before it is printed, and less thereafter. */
function listAtMost(entries, rows) {
  limit = entries;
  limits = Object.fromEntries(D.tables.map((table) => [table.id, rows]));
  if (D.tables.some((table) => table.rows.length > ROWS)) refillTables();
  updateBelow();
}
function beforePrint() {
  listAtMost(Infinity, Infinity);
  for (const made of document.querySelectorAll("#findings > details")) {
    made.fill();
    made.open = true;
  }
}
addEventListener("hashchange", () => {
  readAddress();
  go({}, "all");
});
addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", () => listAtMost(PAGE_SIZE, ROWS));
let resizing = 0;
let lastWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === lastWidth) return;
  lastWidth = innerWidth;
  clearTimeout(resizing);
  resizing = setTimeout(() => go({}, "scale", "map"), 80);
});

readAddress();
drawPage();
update();
updateBelow();
if (byId.has(moment.entry)) openEntry(byId.get(moment.entry).n);

/** For scripts and tests: the page at a point of both clocks, in microseconds (null: left free). */
globalThis.timeline = {
  go: (at, reported) => go({ at: at ?? FREE, reported: reported ?? NEVER }),
  values: (at, reported) =>
    D.paths.map((_, path) => stripAt(path, at ?? FREE, reported ?? NEVER)?.[3] ?? D.values[D.rests[path]]),
  findings: (at, reported) => findingsAt(at ?? FREE, reported ?? NEVER).map((found) => found.says),
  versions: (position, reported) => versionsOf(position, reported ?? NEVER).length,
};
