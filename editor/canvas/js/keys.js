// What the keyboard does on the canvas: commands by their keys, and walking along wires from node to node.

import { typing } from "./dom.js";

export class Keys {
  constructor(root, store, view, actions) {
    Object.assign(this, { root, store, view, actions });
    root.addEventListener("keydown", (event) => this.down(event));
    root.addEventListener("keyup", (event) => event.key === " " && this.actions.space(false));
  }

  down(event) {
    if (typing(event)) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const name = `${command ? "mod+" : ""}${event.shiftKey && key.length > 1 ? "shift+" : ""}${command && event.shiftKey && key.length === 1 ? "shift+" : ""}${key}`;
    const of = (pressed) => SHORTCUTS.find((one) => one.keys.includes(pressed));
    const found = (event.shiftKey && of(`shift+${name}`)) || of(name);
    if (!found) return;
    if (this.actions[found.action](event, key) !== false) event.preventDefault();
  }
}

// One table for the keyboard and for the page that explains it.
export const SHORTCUTS = [
  { group: "Edit", keys: ["mod+z"], shown: "Ctrl Z", says: "Undo", action: "undo" },
  { group: "Edit", keys: ["mod+shift+z", "mod+y"], shown: "Ctrl Shift Z", says: "Redo", action: "redo" },
  { group: "Edit", keys: ["Delete", "Backspace"], shown: "Delete", says: "Remove what is selected", action: "remove" },
  { group: "Edit", keys: ["mod+c"], shown: "Ctrl C", says: "Copy", action: "copy" },
  { group: "Edit", keys: ["mod+x"], shown: "Ctrl X", says: "Cut", action: "cut" },
  { group: "Edit", keys: ["mod+v"], shown: "Ctrl V", says: "Paste", action: "paste" },
  { group: "Edit", keys: ["mod+d"], shown: "Ctrl D", says: "Duplicate", action: "duplicate" },
  { group: "Edit", keys: ["F2"], shown: "F2", says: "Rename", action: "rename" },
  { group: "Edit", keys: ["d"], shown: "D", says: "Disable or enable a node", action: "disable" },
  { group: "Edit", keys: ["mod+g"], shown: "Ctrl G", says: "Make a subcircuit of the selection", action: "group" },
  { group: "Edit", keys: ["p"], shown: "P", says: "Save the selection as a part of your own", action: "keep" },
  { group: "Edit", keys: ["m"], shown: "M", says: "Mend: choose what solves the problem of a node", action: "mend" },
  { group: "Arrange", keys: ["l"], shown: "L", says: "Align what is selected at one height", action: "align" },
  { group: "Arrange", keys: ["e"], shown: "E", says: "Spread what is selected evenly", action: "spread" },
  { group: "Arrange", keys: ["shift+t"], shown: "Shift T", says: "Tidy selection: forget where it was dragged", action: "untie" },
  { group: "Arrange", keys: ["t"], shown: "T", says: "Tidy: forget where nodes were dragged", action: "tidy" },
  { group: "Find", keys: ["/"], shown: "/", says: "Add a node or run a command", action: "palette" },
  { group: "Find", keys: ["mod+f"], shown: "Ctrl F", says: "Find a node", action: "find" },
  { group: "Find", keys: ["mod+a"], shown: "Ctrl A", says: "Select all nodes", action: "all" },
  { group: "Find", keys: ["Escape"], shown: "Esc", says: "Leave what is going on, select nothing", action: "escape" },
  { group: "Move", keys: ["ArrowRight", "ArrowLeft"], shown: "← →", says: "Along the wires to the node before or after", action: "walk" },
  { group: "Move", keys: ["ArrowUp", "ArrowDown"], shown: "↑ ↓", says: "To the node above or below", action: "walk" },
  { group: "Move", keys: ["shift+ArrowUp", "shift+ArrowDown"], shown: "Shift ↑ ↓", says: "Move the node up or down", action: "nudge" },
  { group: "Move", keys: ["Enter"], shown: "Enter", says: "Open or close a block, or edit a node", action: "open" },
  { group: "Wire", keys: ["w"], shown: "W", says: "Connect the selected node: choose from what fits", action: "wire" },
  { group: "Wire", keys: ["a"], shown: "A", says: "Add a node behind the selected one", action: "append" },
  { group: "Wire", keys: ["i"], shown: "I", says: "Add an input to the circuit", action: "input" },
  { group: "Wire", keys: ["o"], shown: "O", says: "Let the selected node's wire leave the circuit", action: "output" },
  { group: "View", keys: ["1", "2", "3", "4"], shown: "1 … 4", says: "Node, sizes, code or problems beside the canvas", action: "panel" },
  { group: "View", keys: ["f"], shown: "F", says: "Fit the circuit, or what is selected", action: "fit" },
  { group: "View", keys: ["+", "=", "mod+="], shown: "+", says: "Zoom in", action: "larger" },
  { group: "View", keys: ["-", "mod+-"], shown: "−", says: "Zoom out", action: "smaller" },
  { group: "View", keys: [" "], shown: "Space", says: "Hold and drag to pan", action: "hold" },
  { group: "View", keys: ["?"], shown: "?", says: "This page", action: "help" },
];

// The figure to which an arrow key leads: along wires sideways, to the nearest up and down.
export function neighbour(store, from, key) {
  const figures = store.figures();
  if (!from) return figures[0] ?? null;
  const arrays = new Set((key === "ArrowRight" ? from.outs : from.ins).map((port) => port.array).filter(Boolean));
  if (key === "ArrowRight" || key === "ArrowLeft") {
    const near = figures.filter((figure) => figure !== from
      && (key === "ArrowRight" ? figure.ins : figure.outs).some((port) => arrays.has(port.array)));
    return closest(near, from);
  }
  const sign = key === "ArrowDown" ? 1 : -1;
  return closest(figures.filter((figure) => sign * (middle(figure)[1] - middle(from)[1]) > 6), from, 3);
}

function middle({ box: [left, top, right, bottom] }) {
  return [(left + right) / 2, (top + bottom) / 2];
}

function closest(figures, from, across = 1) {
  const [x, y] = middle(from);
  const away = (figure) => across * Math.abs(middle(figure)[0] - x) + Math.abs(middle(figure)[1] - y);
  return figures.sort((one, other) => away(one) - away(other))[0] ?? null;
}
