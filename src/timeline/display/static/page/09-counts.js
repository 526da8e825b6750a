// The lanes of a log on which nobody controls anything: how many were counted where.

/** The one number of a value: the best, or else the least. */
const numberOf = (value) => (value?.q ? (value.q[1] ?? value.q[0] ?? 0) : 0);
const largest = (path) => Math.max(...strips(path).map(([, , , value]) => numberOf(value)), 1);

/** The entity that a lane of counts is about: a place, or an authority. */
const countedSlug = (path) => D.paths[path][D.paths[path][1] === "counted" ? 2 : 1];

/** The lanes of counts, the largest numbers first; as many as fit of those that the filters leave. */
function countGroup() {
  const chosen = countLanes.filter((path) => countLanes.length <= MOST_LANES || shows(countedSlug(path)));
  const first = chosen.toSorted((a, b) => largest(b) - largest(a)).slice(0, MOST_LANES);
  return { counts: true, lanes: first.map((path) => [0, countedSlug(path), path]) };
}
function countLabel(path) {
  const cohort = D.paths[path][1] === "counted" && D.paths[path][3];
  return short(countedSlug(path)) + (cohort ? ` · ${name(cohort)}` : "");
}

/** The place of the number at the moment, at the end of a label. */
function countNumber(y) {
  const { full, narrow, label } = lanes;
  const end = narrow ? full - 2 : label - 8;
  const at = isArabic() ? full - end : end;
  return el("text", { class: "lane-number", x: at, y, "text-anchor": "end" });
}

/** Draw the numbers of a lane as steps, on a scale of its own. */
function drawCounts({ path, y, layers }) {
  const [found, most, floor] = [steps(path, moment.reported), largest(path), y + lanes.bar];
  const top = (value) => (floor - (numberOf(value) / most) * lanes.bar).toFixed(1);
  const parts = found.flatMap(([from, value], i) => {
    const [a, b] = [clampX(from, lanes.width), clampX(found[i + 1]?.[0] ?? NEVER, lanes.width)];
    return value?.q && b > a ? [`M${a.toFixed(1)},${floor}V${top(value)}H${b.toFixed(1)}V${floor}z`] : [];
  });
  layers.bars.append(el("path", { class: "count", d: parts.join("") }));
}
function updateCounts() {
  for (const { path, number } of lanes.places) {
    if (!number) continue;
    const value = answer(path);
    const said = value?.q ? quantity(value.q) : "";
    if (number.textContent !== said) number.textContent = said;
  }
}
