// Where on the circuit the page looks: pan, zoom and fit.

const SMALLEST = 0.05;
const LARGEST = 6;
// Below this zoom no label can be read, so none is painted.
const UNREADABLE = 0.25;

export class View {
  constructor(surface, ground) {
    this.surface = surface;
    this.ground = ground;
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
    // Whether it looks where the last fit put it.
    this.untouched = false;
    this.listeners = [];
    this.waiting = 0;
    // How much of the left side lies under a panel.
    this.covered = 0;
    surface.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  onMove(listener) {
    this.listeners.push(listener);
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      this.zoomAt(Math.exp(-event.deltaY * unit * 0.004), event.clientX, event.clientY);
      return;
    }
    const across = event.shiftKey && !event.deltaX;
    this.pan(-(across ? event.deltaY : event.deltaX) * unit, -(across ? 0 : event.deltaY) * unit);
  }

  pan(dx, dy) {
    this.untouched = false;
    this.x += dx;
    this.y += dy;
    this.changed();
  }

  zoomAt(factor, clientX, clientY) {
    this.untouched = false;
    const box = this.surface.getBoundingClientRect();
    const [px, py] = [clientX - box.left, clientY - box.top];
    const next = Math.max(SMALLEST, Math.min(LARGEST, this.zoom * factor));
    this.x = px - ((px - this.x) * next) / this.zoom;
    this.y = py - ((py - this.y) * next) / this.zoom;
    this.zoom = next;
    this.changed();
  }

  zoomBy(factor) {
    const box = this.surface.getBoundingClientRect();
    this.zoomAt(factor, box.left + box.width / 2, box.top + box.height / 2);
  }

  // Show a rectangle [left, top, right, bottom], as large as it fits but no larger than `most`.
  fit([left, top, right, bottom], most = 1.6) {
    const { height } = this.size();
    const width = this.free();
    const wide = Math.max(right - left, 1);
    const high = Math.max(bottom - top, 1);
    const zoom = Math.min((width - 64) / wide, (height - 64) / high, most);
    this.zoom = Math.max(SMALLEST, Math.min(LARGEST, zoom));
    this.x = this.covered + (width - wide * this.zoom) / 2 - left * this.zoom;
    this.y = (height - high * this.zoom) / 2 - top * this.zoom;
    this.changed();
  }

  // Move as little as needed for a rectangle to be seen.
  reveal([left, top, right, bottom]) {
    const { width, height } = this.size();
    const margin = 48;
    const edge = margin + this.covered;
    const [a, b] = [left * this.zoom + this.x, right * this.zoom + this.x];
    const [c, d] = [top * this.zoom + this.y, bottom * this.zoom + this.y];
    const dx = a < edge ? edge - a : b > width - margin ? Math.max(width - margin - b, edge - a) : 0;
    const dy = c < margin ? margin - c : d > height - margin ? Math.max(height - margin - d, margin - c) : 0;
    if (dx || dy) this.pan(dx, dy);
  }

  // The width that no panel lies over; at least a part of it, for on a narrow page the panel is looked at.
  free() {
    const { width } = this.size();
    return Math.max(width - this.covered, width / 4);
  }

  size() {
    return this.surface.getBoundingClientRect();
  }

  // A place on the screen as one of the circuit.
  at(clientX, clientY) {
    const box = this.surface.getBoundingClientRect();
    return [(clientX - box.left - this.x) / this.zoom, (clientY - box.top - this.y) / this.zoom];
  }

  // A place of the circuit as one of the surface.
  onSurface(x, y) {
    return [x * this.zoom + this.x, y * this.zoom + this.y];
  }

  seen() {
    const { width, height } = this.size();
    return [-this.x / this.zoom, -this.y / this.zoom, (width - this.x) / this.zoom, (height - this.y) / this.zoom];
  }

  // Many steps between two frames are drawn once.
  changed() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.ground.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.zoom})`);
      this.ground.classList.toggle("far", this.zoom < UNREADABLE);
      for (const listener of this.listeners) listener();
    });
  }
}
