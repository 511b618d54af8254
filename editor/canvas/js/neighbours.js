// What a node goes past when it is dragged: neighbours in its column, wires across it, and other columns.

// The nodes and wires between where a node was and where it is dropped, as what should lie above what.
export function passed(drawing, store, figure, dy) {
  const beside = besides(store, figure);
  const [left, top, right, bottom] = figure.box;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const between = (height) => (dy > 0 ? height > y && height < y + dy : height < y && height > y + dy);
  const found = beside
    .filter((one) => one.id !== figure.id && one.kind === "node" && one.column === figure.column)
    .filter((one) => between((one.box[1] + one.box[3]) / 2))
    .map((one) => one.node);
  return [...found, ...wiresAcross(drawing, store, figure, beside, x, between)].map((other) =>
    (dy > 0 ? { do: "OrderHint", above: other, below: figure.node } : { do: "OrderHint", above: figure.node, below: other }));
}

// What stands in the same circuit, in the same place where that is used several times.
function besides(store, figure) {
  const within = (id) => id.slice(0, id.lastIndexOf("/") + 1);
  return store.figures().filter((one) => one.circuit === figure.circuit && within(one.id) === within(figure.id));
}

// Arrays that pass a node: none of its own, and none made in its column.
function wiresAcross(drawing, store, figure, beside, x, between) {
  const own = new Set([...figure.ins, ...figure.outs].map((port) => port.array));
  const makers = new Map(beside.flatMap((one) =>
    one.outs.map((port) => [port.array, { wire: port.wire, column: one.kind === "input" ? -1 : one.column }])));
  const found = [];
  for (const [id, [layer]] of Object.entries(store.state.fragments)) {
    const array = id.slice(id.indexOf(":") + 1);
    const maker = makers.get(array);
    if (layer !== "wire" || own.has(array) || !maker || maker.column >= figure.column) continue;
    const heights = drawing.polylines(id).map((points) => heightAt(points, x)).filter((height) => height !== null);
    if (heights.length && heights.every(between)) found.push(maker.wire);
  }
  return found;
}

// How high a line is at a place, null where it is not.
function heightAt(points, x) {
  for (let at = 1; at < points.length; at++) {
    const [[ax, ay], [bx, by]] = [points[at - 1], points[at]];
    if (ax !== bx && Math.min(ax, bx) <= x && x <= Math.max(ax, bx)) return ay + ((by - ay) * (x - ax)) / (bx - ax);
  }
  return null;
}

// The column nearest to where a node is dropped; its own where it has gone less than half the way to another.
export function columnAt(store, figure, dx) {
  const middles = new Map();
  for (const one of store.figures()) {
    if (one.kind !== "node" || one.open || one.column < 0) continue;
    middles.set(one.column, [...(middles.get(one.column) ?? []), (one.box[0] + one.box[2]) / 2]);
  }
  const x = (figure.box[0] + figure.box[2]) / 2;
  middles.set(figure.column, [x]);
  const away = ([, xs]) => Math.abs(xs.reduce((sum, one) => sum + one, 0) / xs.length - x - dx);
  return [...middles].sort((one, other) => away(one) - away(other))[0][0];
}
