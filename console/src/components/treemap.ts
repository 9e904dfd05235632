export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Squarified treemap (Bruls, Huizing, van Wijk 2000): divides a rectangle into tiles whose areas are as the values,
 * keeping them close to squares so that sizes can be compared and labels fit. Values must be positive and sorted,
 * largest first; tiles come in the same order.
 */
export function squarify(values: readonly number[], width: number, height: number): Tile[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total <= 0 || width <= 0 || height <= 0) return [];
  const areas = values.map((value) => (value / total) * width * height);
  const tiles: Tile[] = [];
  let free: Tile = { x: 0, y: 0, width, height };
  let row: number[] = [];
  for (const area of areas) {
    const side = Math.min(free.width, free.height);
    if (row.length > 0 && worst([...row, area], side) > worst(row, side)) {
      free = place(row, free, tiles);
      row = [];
    }
    row.push(area);
  }
  if (row.length > 0) place(row, free, tiles);
  return tiles;
}

/** The largest ratio of sides within a row that lies along a side of this length; 1 is a square. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, area) => total + area, 0);
  const thickness = sum / side;
  return Math.max(...row.map((area) => Math.max(thickness ** 2 / area, area / thickness ** 2)));
}

/** Lays a row along the shorter side, and gives what is left. */
function place(row: readonly number[], free: Tile, tiles: Tile[]): Tile {
  const sum = row.reduce((total, area) => total + area, 0);
  const upright = free.width >= free.height;
  const thickness = sum / (upright ? free.height : free.width);
  let along = upright ? free.y : free.x;
  for (const area of row) {
    const length = area / thickness;
    tiles.push(
      upright
        ? { x: free.x, y: along, width: thickness, height: length }
        : { x: along, y: free.y, width: length, height: thickness },
    );
    along += length;
  }
  return upright
    ? { ...free, x: free.x + thickness, width: free.width - thickness }
    : { ...free, y: free.y + thickness, height: free.height - thickness };
}
