// Path data as commands, bent where one of its ends is moved, and measured.

export function parsed(data) {
  const commands = [];
  for (const [, name, numbers] of data.matchAll(/([MLCZ])([^MLCZ]*)/g)) {
    commands.push([name, ...(numbers.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number)]);
  }
  return commands;
}

function end(command) {
  return [command[command.length - 2], command[command.length - 1]];
}

export function ends(commands) {
  return commands.filter((command) => command[0] !== "Z").map(end);
}

// Points of which `moves` tells are shifted; a piece between one that is and one that is not becomes a curve.
export function bent(commands, moves, dx, dy) {
  let out = "";
  let from = null;
  let last = false;
  commands.forEach((command, place) => {
    if (command[0] === "Z") {
      out += "Z";
      return;
    }
    const moved = moves[place];
    const [x, y] = end(command);
    const to = moved ? [x + dx, y + dy] : [x, y];
    if (command[0] === "M") out += `M${to[0]} ${to[1]}`;
    else if (moved !== last || command[0] === "C") {
      const middle = (from[0] + to[0]) / 2;
      out += `C${middle} ${from[1]} ${middle} ${to[1]} ${to[0]} ${to[1]}`;
    } else out += `L${to[0]} ${to[1]}`;
    from = to;
    last = moved;
  });
  return out;
}

// The curve of a wire that is being drawn.
export function reach(x1, y1, x2, y2) {
  const pull = Math.max(24, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + pull} ${y1} ${x2 - pull} ${y2} ${x2} ${y2}`;
}

// Points along a path, dense enough to tell how far a pointer is from it.
export function polyline(commands) {
  const points = [];
  let from = null;
  for (const command of commands) {
    if (command[0] === "Z") continue;
    const to = end(command);
    if (command[0] === "C") {
      const [, x1, y1, x2, y2] = command;
      for (let step = 1; step <= 8; step++) {
        const t = step / 8;
        const u = 1 - t;
        points.push([
          u * u * u * from[0] + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t * to[0],
          u * u * u * from[1] + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t * to[1],
        ]);
      }
    } else points.push(to);
    from = to;
  }
  return points;
}

export function distance(points, x, y) {
  let best = Infinity;
  for (let place = 1; place < points.length; place++) {
    const [ax, ay] = points[place - 1];
    const [bx, by] = points[place];
    const long = (bx - ax) ** 2 + (by - ay) ** 2;
    const t = long ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long)) : 0;
    best = Math.min(best, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
  }
  return best;
}
