import { describe, expect, it } from "vitest";
import { squarify } from "./treemap";

describe("squarify", () => {
  it("fills the rectangle with areas as the values", () => {
    const values = [6, 6, 4, 3, 2, 2, 1];
    const tiles = squarify(values, 600, 400);
    expect(tiles).toHaveLength(values.length);
    tiles.forEach((tile, index) => {
      expect(tile.width * tile.height).toBeCloseTo(((values[index] ?? 0) / 24) * 240_000, 4);
      expect(tile.x + tile.width).toBeLessThanOrEqual(600.001);
      expect(tile.y + tile.height).toBeLessThanOrEqual(400.001);
    });
  });

  it("lays the worked example of the paper out as the paper does", () => {
    const [first, second, third] = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4);
    expect(first).toEqual({ x: 0, y: 0, width: 3, height: 2 });
    expect(second).toEqual({ x: 0, y: 2, width: 3, height: 2 });
    expect(third?.x).toBe(3);
    expect(third?.width).toBeCloseTo(12 / 7, 6);
  });

  it("never lets tiles overlap", () => {
    const tiles = squarify([0.65, 0.14, 0.08, 0.06, 0.04, 0.03], 700, 320);
    for (const [index, a] of tiles.entries()) {
      for (const b of tiles.slice(index + 1)) {
        const apart =
          a.x + a.width <= b.x + 1e-6 ||
          b.x + b.width <= a.x + 1e-6 ||
          a.y + a.height <= b.y + 1e-6 ||
          b.y + b.height <= a.y + 1e-6;
        expect(apart).toBe(true);
      }
    }
  });

  it("gives nothing where there is nothing or no room", () => {
    expect(squarify([], 10, 10)).toEqual([]);
    expect(squarify([0, 0], 10, 10)).toEqual([]);
    expect(squarify([1], 0, 10)).toEqual([]);
  });
});
