// The square of the two clocks: across when it happened, upwards when it was published.

const PAD = { left: 44, right: 10, top: 8, bottom: 30 };
const MANY_DOTS = 1500;
let square = {};

function drawSquare() {
  const host = $("#square");
  const width = host.clientWidth || 400;
  const height = Math.min(Math.round(width * 0.72), 310);
  const [w, h] = [width - PAD.left - PAD.right, height - PAD.top - PAD.bottom];
  square = {
    width,
    height,
    w,
    h,
    dots: [],
    left: (m) => PAD.left + clampX(m, w),
    top: (m) => PAD.top + h - clampX(m, h),
  };
  const box = { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": word("square") };
  const below = `M${PAD.left},${PAD.top + h} L${PAD.left + w},${PAD.top} V${PAD.top + h}Z`;
  const svg = el(
    "svg",
    box,
    el("rect", { id: "known", x: PAD.left }),
    el("path", { class: "below", d: below }),
    squareGrid(),
    squareAxes(),
    squareDots(),
    squareCross(),
  );
  host.style.minHeight = `${height}px`;
  host.replaceChildren(svg);
  draggable(svg, (px, py) => {
    const told = domain[0] + ((PAD.top + h - py) / h) * (domain[1] - domain[0]);
    go({ at: pointed(clamp(px - PAD.left, 0, w), w), reported: py < PAD.top + 2 ? NEVER : snapped(told) });
  });
  $("#point").addEventListener("keydown", pointKeys);
}
function squareGrid() {
  const { w, h, left, top, width, height } = square;
  const made = [];
  for (const [at, text, major] of ticks(w)) {
    if (!major) continue;
    made.push(
      el("line", { class: "tick", x1: left(at), x2: left(at), y1: PAD.top, y2: PAD.top + h }),
      el("line", { class: "tick", x1: PAD.left, x2: PAD.left + w, y1: top(at), y2: top(at) }),
    );
    const first = text.split(" ")[0];
    if (left(at) < width - 30)
      made.push(el("text", { class: "axis", x: left(at), y: height - 16, "text-anchor": "middle" }, first));
    const side = { class: "axis", x: PAD.left - 5, y: top(at) + 4, "text-anchor": "end", direction: "ltr" };
    if (top(at) > 32) made.push(el("text", side, first.slice(0, 7)));
  }
  return made;
}
function squareAxes() {
  const { w, h, height } = square;
  const title = (key, where) => el("text", { class: "axis title", direction: "ltr", ...where }, word(key));
  return [
    el("line", { class: "diagonal", x1: PAD.left, y1: PAD.top + h, x2: PAD.left + w, y2: PAD.top }),
    title("occurred_axis", { x: PAD.left + w, y: height - 4, "text-anchor": "end" }),
    title("reported_axis", { x: PAD.left + 6, y: PAD.top + 18 }),
  ];
}

/** A dot for each entry; of a large log, one for those that lie together. What was published later is at the rim. */
function squareDots() {
  const { left, top, w } = square;
  const inside = (m) => m >= domain[0] && m <= domain[1];
  const found = entries.filter((e) => e.pub !== undefined && e.end !== undefined && inside(e.end) && e.pub >= domain[0]);
  const grid = found.length > MANY_DOTS ? 5 : 0;
  const spread = (n, by) => (((n * by) % 11) / 11 - 0.5) * 5;
  const at = (e) =>
    grid
      ? [Math.round(left(e.end) / grid) * grid, Math.round(top(e.pub) / grid) * grid]
      : [left(e.end) + spread(e.n, 7919), top(e.pub) + spread(e.n, 104729)];
  const made = [];
  for (const [key, list] of grouped(found, (e) => (grid ? at(e).join() : e.n))) {
    const [cx, cy] = grid ? key.split(",").map(Number) : at(list[0]);
    const late = list.some(isLate);
    const dot = el("circle", { class: late ? "dot late" : "dot", cx, cy, r: late ? 3.4 : 2.4 });
    if (late && !grid)
      dot.append(el("title", {}, `${says(list[0])} — ${fill(word("days_later"), counted(daysLate(list[0]), "days", true))}`));
    const [from] = list[0].o ?? [];
    if (!grid && from && list[0].end - from > DAY) {
      made.push(
        el("line", {
          class: "whisker",
          x1: left(from),
          x2: left(list[0].end),
          y1: top(list[0].pub),
          y2: top(list[0].pub),
        }),
      );
    }
    made.push(dot);
    square.dots.push([list, dot, "", late ? "dot late" : "dot"]);
  }
  return w ? made : [];
}
function squareCross() {
  const { w, h, height } = square;
  return [
    el("line", { id: "cross-x", y1: PAD.top, y2: PAD.top + h }),
    el("line", { id: "cross-y", x1: PAD.left, x2: PAD.left + w }),
    el("text", { id: "said-x", class: "axis", y: height - 16, "text-anchor": "middle" }),
    el("text", { id: "said-y", class: "axis", x: PAD.left - 5, "text-anchor": "end", direction: "ltr" }),
    el("circle", {
      id: "point",
      r: 7,
      role: "slider",
      tabindex: 0,
      "aria-label": word("reported_by"),
      "aria-orientation": "vertical",
      "aria-describedby": "square-help",
    }),
  ];
}

/** Up and down for the reported clock, left and right for the occurred one. */
function pointKeys(event) {
  const now = moment.reported === NEVER ? LAST_TOLD : moment.reported;
  const by = event.shiftKey ? 7 : 1;
  const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const jump = {
    End: () => NEVER,
    Home: () => publishedEnds[0],
    PageUp: () => neighbour(publishedEnds, now, 1),
    PageDown: () => neighbour(publishedEnds, now, -1),
  }[event.key];
  if (!publishedEnds.length || (!up && !side && !jump)) return;
  event.preventDefault();
  if (side) return go({ at: stepped(Math.min(moment.at, LAST_END), side * by) });
  const reported = up ? stepped(now, up * by) : jump();
  go({ reported: reported > LAST_TOLD ? NEVER : reported });
}

/** Move the point and its cross; dots beyond a clock are pale. */
function updateSquare() {
  const { w, h, left, top, dots } = square;
  const free = moment.reported === NEVER;
  const px = left(Math.min(moment.at, domain[1]));
  const py = top(free ? domain[1] : moment.reported);
  set($("#known"), { y: py, width: Math.max(px - PAD.left, 0), height: Math.max(PAD.top + h - py, 0) });
  set($("#cross-x"), { x1: px, x2: px });
  set($("#cross-y"), { y1: py, y2: py });
  set($("#said-x"), { x: Math.min(px, PAD.left + w - 16) });
  set($("#said-y"), { y: Math.max(py + 4, 22) });
  $("#said-x").textContent = Math.abs(x(moment.at, w) - (px - PAD.left)) > 1 ? "" : day(moment.at, "short");
  $("#said-y").textContent = free ? "" : day(moment.reported, "short");
  const first = publishedEnds[0] ?? LAST_TOLD;
  const days = (m) => (m < first || first === NEVER ? 0 : Math.round((Math.min(m, LAST_TOLD) - first) / DAY));
  set($("#point"), {
    cx: px,
    cy: py,
    "aria-valuemin": 0,
    "aria-valuemax": Math.max(days(LAST_TOLD), 1),
    "aria-valuenow": days(moment.reported),
    "aria-valuetext": free ? word("everything") : day(moment.reported),
  });
  for (const dot of dots) updateDot(dot);
}
function updateDot(dot) {
  const [list, node, was, kind] = dot;
  const by = (e) => e.end <= moment.at && e.pub <= moment.reported;
  const gone = list.some((e) => kept.has(e.n)) ? "" : " gone";
  const now = `${kind}${list.some(by) ? "" : " out"}${gone}${list.some((e) => e.id === moment.entry) ? " chosen" : ""}`;
  if (now === was) return;
  node.setAttribute("class", now);
  dot[2] = now;
}
