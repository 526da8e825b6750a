// One row for each version, by the day it was published: a dot at its number or its date, a line over its range.

/** How the plot of versions is laid out. */
function stripLayout(list) {
  const width = Math.min(innerWidth - 60, 700);
  const narrow = width < 520;
  const label = 236;
  const numbers = list.some((claim) => claim.q && spread(claim.q.q).length);
  const values = numbers
    ? list.flatMap((claim) => (claim.q ? spread(claim.q.q) : []))
    : list.flatMap(({ o }) => (o ? [o[1] ?? o[0], o[0] ?? o[1] - 3 * DAY] : []));
  const [low, high] = numbers
    ? [0, Math.max(...values, 1) * 1.12]
    : [Math.min(...values) - DAY, Math.max(...values) + DAY];
  const [left, plot] = [narrow ? 8 : label, narrow ? width - 20 : width - label - 70];
  const place = (value) => left + ((value - low) / (high - low)) * plot;
  return { width, narrow, label, numbers, low, high, left, plot, row: narrow ? 50 : 34, place };
}
const spread = ([low, best, high]) => [low, best, high].filter((n) => n);

/** Draw versions side by side. */
function strip(all) {
  const list = all.toSorted((a, b) => publishedOf(a.reports) - publishedOf(b.reports));
  const plan = stripLayout(list);
  const height = list.length * plan.row + 26;
  const dated = Number.isFinite(plan.low) && Number.isFinite(plan.high);
  const svg = el(
    "svg",
    {
      width: plan.width,
      height,
      viewBox: `0 0 ${plan.width} ${height}`,
      role: "img",
      "aria-label": list.map((claim) => claimSaid(claim, plan)).join("; "),
    },
    dated ? stripTicks(plan, list.length) : "",
  );
  list.forEach((claim, i) => svg.append(...stripRow(claim, i, plan, dated)));
  return el("div", { class: "strip" }, svg, plan.numbers ? el("p", { class: "hint" }, word("strip_help")) : "");
}
function claimSaid(claim, plan) {
  const sources = [...new Set(claim.reports.map((report) => report.s))].join(", ");
  if (!claim.says) return `${sources}: ${word("denied")}`;
  return `${sources}: ${plan.numbers ? (claim.q ? bare(quantity(claim.q.q)) : word("no_number")) : when(claim.o)}`;
}
function stripTicks({ numbers, low, high, place, row }, rows) {
  const power = 10 ** Math.floor(Math.log10(Math.max(high, 1)));
  const size = numbers
    ? Math.max(power / (high / power < 2.5 ? 2 : 1), 1)
    : Math.max(Math.ceil((high - low) / DAY / 6), 1) * DAY;
  const made = [];
  for (let v = numbers ? 0 : Math.ceil(low / size) * size; v <= high; v += size) {
    made.push(
      el("line", { class: "tick", x1: place(v), x2: place(v), y1: 0, y2: rows * row }),
      el(
        "text",
        { class: "axis", x: place(v), y: rows * row + 16, "text-anchor": "middle", direction: "ltr" },
        numbers ? count(v) : day(endOfDay(v), "short"),
      ),
    );
  }
  return made;
}
function stripRow(claim, i, plan, dated) {
  const { narrow, row, left, plot } = plan;
  const y = i * row + (narrow ? 34 : row / 2);
  const made = [
    ...stripLabel(claim, i, y, plan),
    el("line", { class: "base", x1: left, x2: left + plot, y1: y, y2: y }),
  ];
  const text = (said) => el("text", { class: "claim-text", x: left + 4, y: y - 4, direction: "ltr" }, said);
  if (!claim.says) return [...made, text(`✕ ${word("denied")}`)];
  if (plan.numbers && (!claim.q || !spread(claim.q.q).length)) return [...made, text(word("no_number"))];
  if (plan.numbers) return [...made, ...numberMarks(claim, y, plan)];
  return claim.o && dated ? [...made, ...dateMarks(claim, y, plan)] : [...made, text(word("undated"))];
}
function stripLabel(claim, i, y, { narrow, row, label }) {
  const sources = [...new Set(claim.reports.map((report) => report.s))];
  const source = `${(sources[0] ?? `#${claim.by}`).slice(0, 30)}${sources.length > 1 ? ` +${sources.length - 1}` : ""}`;
  const told = publishedOf(claim.reports);
  const right = isArabic() && !narrow;
  const at = { direction: "ltr", "text-anchor": right ? "end" : "start" };
  return [
    el("text", { class: "who", x: right ? label - 12 : 2, y: narrow ? i * row + 12 : y - 2, ...at }, source),
    el(
      "text",
      { class: "axis", x: right ? label - 12 : narrow ? 200 : 2, y: narrow ? i * row + 12 : y + 12, ...at },
      told === NEVER ? "" : isolated(day(told)),
    ),
  ];
}
const claimKind = (claim) => (claim.by_whom ? colourClass(claim.by_whom) : claim.stands ? "stands" : "rival");
function dot(claim, px, y, said, { width }) {
  const turned = px + 20 + said.length * 7 > width;
  return [
    el("circle", { class: `claim ${claimKind(claim)}`, cx: px, cy: y, r: 6 }),
    el(
      "text",
      {
        class: "claim-text",
        x: px + (turned ? -11 : 11),
        y: y - 5,
        direction: "ltr",
        "text-anchor": turned ? "end" : "start",
      },
      said,
    ),
  ];
}
function numberMarks(claim, y, plan) {
  const [low, best, high] = claim.q.q;
  const { left, plot, place } = plan;
  const end = left + plot;
  const kind = claimKind(claim);
  const made = [];
  const range = low !== high && (low || high !== null);
  if (range)
    made.push(
      el("line", { class: `range ${kind}`, x1: place(low), x2: high === null ? end : place(high), y1: y, y2: y }),
    );
  if (high === null && (low || best === null))
    made.push(el("path", { class: `claim ${kind}`, d: `M${end},${y - 5} l9,5 l-9,5z` }));
  return [...made, ...dot(claim, place(best ?? (low || high)), y, bare(quantity(claim.q.q)), plan)];
}
function dateMarks(claim, y, plan) {
  const [from, to] = [claim.o[0], claim.o[1] ?? plan.high];
  const { left, place } = plan;
  const fuzzy = from === null || to - from > DAY + 2 * HOUR;
  const line = {
    class: `range ${claimKind(claim)}`,
    x1: from === null ? left : place(from),
    x2: place(to),
    y1: y,
    y2: y,
  };
  const said = [claim.by_whom ? name(claim.by_whom) : "", day(to, "short")].filter(Boolean).join(" · ");
  return [fuzzy ? el("line", line) : "", ...dot(claim, place(to), y, isolated(said), plan)].filter(Boolean);
}
