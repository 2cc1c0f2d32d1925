// Builds the board's map from Natural Earth 10m (world-atlas): one symbol a country, Mercator at
// 25 px a degree, and the places that Python needs to put sites and labels on it.
// Run by itself (`node src/map/build.mjs`) or through buildMap() from the assets' build.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { geoArea, geoMercator, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

export const WIDTH = 1080;
export const HEIGHT = 595;
const DEGREE = 25; // px a degree of longitude
const WEST = -90.2; // the longitude at x = 0
const NORTH = 22.2; // the latitude at y = 0
const MARGIN = { left: 360, right: 420, top: 130, bottom: 330 }; // drawn beyond the frame, for wide screens

// Natural Earth's numeric codes, for what can lie in the region.
const CODES = {
  "028": "AG", "044": "BS", "052": "BB", "060": "BM", "068": "BO", "076": "BR", "084": "BZ", "092": "VG",
  "136": "KY", "152": "CL", "170": "CO", "188": "CR", "192": "CU", "212": "DM", "214": "DO", "218": "EC",
  "222": "SV", "250": "FR", "308": "GD", "320": "GT", "328": "GY", "332": "HT", "340": "HN", "388": "JM",
  "484": "MX", "500": "MS", "528": "NL", "531": "CW", "533": "AW", "534": "SX", "558": "NI", "591": "PA",
  "600": "PY", "604": "PE", "630": "PR", "652": "BL", "659": "KN", "660": "AI", "662": "LC", "663": "MF",
  "670": "VC", "740": "SR", "780": "TT", "796": "TC", "840": "US", "850": "VI", "862": "VE",
};

export const projection = geoMercator()
  .scale((DEGREE * 180) / Math.PI)
  .rotate([0, 0])
  .translate([0, 0])
  .precision(0.3);
const [x0, y0] = projection([WEST, NORTH]);
projection.translate([-x0, -y0]).clipExtent([
  [-MARGIN.left, -MARGIN.top],
  [WIDTH + MARGIN.right, HEIGHT + MARGIN.bottom],
]);

const tenth = (number) => Math.round(number * 10) / 10;

/** Rings as whole-tenth relative moves: half the bytes of absolute coordinates. */
function compact(rings) {
  let out = "";
  for (const ring of rings) {
    let [px, py] = ring[0].map((n) => Math.round(n * 10));
    out += `M${px / 10} ${py / 10}l`;
    let first = true;
    for (const point of ring.slice(1)) {
      const [x, y] = point.map((n) => Math.round(n * 10));
      if (x === px && y === py) continue;
      const dx = short((x - px) / 10);
      const dy = short((y - py) / 10);
      out += (first || dx.startsWith("-") ? "" : " ") + dx + (dy.startsWith("-") ? "" : " ") + dy;
      [px, py, first] = [x, y, false];
    }
    out += "z";
  }
  return out;
}

const short = (number) => String(tenth(number)).replace(/^(-?)0\./, "$1.");

/** Douglas-Peucker on projected points: what moves the line by less than `off` px goes. */
function simplify(ring, off) {
  if (ring.length < 5) return ring;
  const keep = new Uint8Array(ring.length);
  keep[0] = keep[ring.length - 1] = 1;
  const stack = [[0, ring.length - 1]];
  while (stack.length) {
    const [a, b] = stack.pop();
    const [ax, ay] = ring[a];
    const [bx, by] = ring[b];
    const length = Math.hypot(bx - ax, by - ay);
    let worst = 0;
    let at = -1;
    for (let i = a + 1; i < b; i += 1) {
      const [x, y] = ring[i];
      const distance = length
        ? Math.abs((by - ay) * (x - ax) - (bx - ax) * (y - ay)) / length
        : Math.hypot(x - ax, y - ay);
      if (distance > worst) [worst, at] = [distance, i];
    }
    if (worst > off) {
      keep[at] = 1;
      stack.push([a, at], [at, b]);
    }
  }
  return ring.filter((_, i) => keep[i]);
}

const ringArea = (ring) =>
  Math.abs(ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length];
    return sum + x * ny - nx * y;
  }, 0)) / 2;

/** The rings of a country inside the clip, projected; collected through d3's path context. */
function rings(shape) {
  const all = [];
  let ring = null;
  geoPath(projection, {
    moveTo: (x, y) => all.push((ring = [[x, y]])),
    lineTo: (x, y) => ring.push([x, y]),
    closePath: () => {},
    arc: () => {},
    beginPath: () => {},
  })(shape);
  return all.filter((each) => each.length > 2);
}

export function buildMap(out) {
  const world = JSON.parse(readFileSync(require.resolve("world-atlas/countries-10m.json"), "utf8"));
  const own = JSON.parse(readFileSync(join(here, "labels.json"), "utf8"));
  const countries = {};
  const symbols = [];
  for (const shape of feature(world, world.objects.countries).features) {
    if (geoArea(shape) > 2 * Math.PI) continue; // the wrong way round: would fill the sea
    const code = CODES[shape.id];
    const label = own[code] ?? {};
    let drawn = rings(shape);
    if (!code || !drawn.length) continue;
    // A country with a label of ours keeps every island; the others lose what is smaller than 2 px.
    drawn = drawn.filter((ring) => label.own || ringArea(ring) > 2);
    if (!drawn.length) continue;
    drawn.sort((a, b) => ringArea(b) - ringArea(a));
    drawn = drawn.map((ring) => simplify(ring, label.own ? 0.12 : 0.35));
    const main = drawn[0];
    const xs = drawn.flatMap((ring) => ring.map(([x]) => x));
    const ys = drawn.flatMap((ring) => ring.map(([, y]) => y));
    const mid = (values) => (Math.min(...values) + Math.max(...values)) / 2;
    symbols.push(`<path id="${code}" d="${compact(drawn)}"/>`);
    countries[code] = {
      anchor: [tenth(mid(main.map(([x]) => x))), tenth(mid(main.map(([, y]) => y)))],
      box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].map(tenth),
      label: label.at ?? null,
      phone: label.phone ?? null,
      beside: Boolean(label.beside),
    };
  }
  const check = [[13.1, -59.61], [6.8, -58.16], [21.46, -71.14], [17.19, -88.5], [-1.46, -48.49]].map(
    ([lat, lon]) => [lat, lon, ...projection([lon, lat]).map((n) => Math.round(n * 1000) / 1000)],
  );
  const places = {
    source: "Natural Earth 10m, by world-atlas",
    width: WIDTH, height: HEIGHT, degree: DEGREE, west: WEST, north: NORTH, check, countries,
  };
  mkdirSync(out, { recursive: true });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">${symbols.join("\n")}</svg>\n`;
  writeFileSync(join(out, "region.svg"), svg);
  writeFileSync(join(out, "places.json"), JSON.stringify(places));
  return { bytes: svg.length, countries: Object.keys(countries).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(buildMap(process.argv[2] ?? join(here, "../../../libertad/web/static/libertad/map")));
}
