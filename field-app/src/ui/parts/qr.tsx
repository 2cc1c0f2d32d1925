/** Codes shown and codes read, each with a way that needs no camera: the same text in a file. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words/index.ts";
import { Text } from "./controls.tsx";
import { numbersIn } from "./numbers.ts";
import { useCamera } from "./photo.tsx";

const EVERY = 350;
/** Of a code of more signs than `DENSE`: a camera takes longer to read it. */
const EVERY_DENSE = 500;
const DENSE = 700;
const LOOK = 120;
const QUIET = 4;
const LEAST_WIDTH = 640;
/** At most, of the picture in which our own reader looks: six pixels a module of the densest code. */
const LOOKED_AT = 1080;

async function draw(canvas: HTMLCanvasElement, text: string): Promise<void> {
  const { correction, generate } = await import("lean-qr");
  const code = generate(text, { minCorrectionLevel: correction.L });
  const width = Math.max(LEAST_WIDTH, canvas.clientWidth * devicePixelRatio);
  const scale = Math.max(1, Math.floor(width / (code.size + 2 * QUIET)));
  const size = (code.size + 2 * QUIET) * scale;
  canvas.width = size;
  canvas.height = size;
  const paper = canvas.getContext("2d");
  if (paper === null) return;
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, size, size);
  paper.fillStyle = "#000";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) paper.fillRect((x + QUIET) * scale, (y + QUIET) * scale, scale, scale);
    }
  }
}

export function save(name: string, content: Uint8Array | string, media: string): void {
  const address = URL.createObjectURL(new Blob([content as BlobPart], { type: media }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** By the phone's share sheet where it takes files, else as a download. False where it was called off. */
export async function share(name: string, content: Uint8Array | string, media: string): Promise<boolean> {
  const file = new File([content as BlobPart], name, { type: media });
  if (navigator.canShare?.({ files: [file] }) === true) {
    try {
      await navigator.share({ files: [file] });
      return true;
    } catch (problem) {
      if (problem instanceof Error && problem.name === "AbortError") return false;
    }
  }
  save(name, content, media);
  return true;
}

/** Frames, one after the other; by hand where movement is not wanted. */
export function ShowCode({ frames, name, children }: { frames: readonly string[]; name: string; children?: ComponentChildren }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState(0);
  const [still, setStill] = useState(matchMedia("(prefers-reduced-motion: reduce)").matches);
  const [asked, setAsked] = useState("");
  const chosen = numbersIn(asked, frames.length);
  const turns = chosen.length > 0 ? chosen.map((number) => number - 1) : [...frames.keys()];
  const shown = turns[at % Math.max(1, turns.length)] ?? 0;
  const dense = (frames[0]?.length ?? 0) > DENSE;
  useEffect(() => {
    const text = frames[shown];
    if (canvas.current !== null && text !== undefined) void draw(canvas.current, text);
  }, [frames, shown]);
  useEffect(() => {
    if (still || frames.length < 2) return undefined;
    const timer = setInterval(() => setAt((n) => n + 1), dense ? EVERY_DENSE : EVERY);
    return () => clearInterval(timer);
  }, [still, frames, dense]);
  return (
    <div class="stack">
      <canvas ref={canvas} class={dense ? "code dense" : "code"} role="img" aria-label={t("code.shown", { of: frames.length })} />
      <p class="second">{frames.length < 2 ? t("code.single") : t(still ? "code.part-still" : "code.part", { n: shown + 1, of: frames.length })}</p>
      {frames.length > 1 && (
        <div class="row">
          <button type="button" class="plain" onClick={() => setStill(!still)}>{t(still ? "code.run" : "code.hold")}</button>
          {still && <button type="button" class="plain" onClick={() => setAt((n) => n + 1)}>{t("code.next")}</button>}
        </div>
      )}
      {frames.length > 1 && <Text name="asked-for" label={t("code.asked-for")} help={chosen.length > 0 ? t("code.only", { n: chosen.length }) : t("code.asked-help")} spelled={false} longest={200} value={asked} onChange={setAsked} />}
      {children}
      <div class="row">
        <button type="button" class="plain" onClick={() => void share(`${name}.txt`, frames.join("\n"), "text/plain")}>{t("code.as-file")}</button>
      </div>
    </div>
  );
}

type Detect = (video: HTMLVideoElement) => Promise<string | null>;
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorKind = (new (options: { formats: readonly string[] }) => Detector) & { getSupportedFormats(): Promise<readonly string[]> };

/** The browser's own reader where it is on; else ours, which reads QR codes alone. */
async function detector(formats: readonly string[]): Promise<Detect> {
  const own = (globalThis as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  const offered = (await own?.getSupportedFormats().catch(() => [])) ?? [];
  const usable = formats.filter((format) => offered.includes(format));
  if (own !== undefined && usable.includes("qr_code")) {
    const reads = new own({ formats: usable });
    return async (video) => (await reads.detect(video))[0]?.rawValue ?? null;
  }
  const { default: decode } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  let turn = 0;
  return (video) => {
    // By turns the square in the middle, since a dense code needs every pixel that it has, and the whole picture:
    // a code at its edge is seen on the screen too.
    const { videoWidth: wide, videoHeight: high } = video;
    const side = Math.min(wide, high);
    const [width, height] = turn++ % 2 === 0 ? [side, side] : [wide, high];
    const scale = Math.min(1, LOOKED_AT / Math.max(width, height, 1));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    if (paper === null || canvas.width === 0) return Promise.resolve(null);
    paper.drawImage(video, (wide - width) / 2, (high - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
    try {
      const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
      return Promise.resolve(decode({ data, width, height }));
    } catch {
      return Promise.resolve(null); // no code in the picture
    }
  };
}

interface ReadCode {
  readonly label: string;
  /** A code, or a line of a file. Answers false to go on reading. */
  readonly onText: (text: string) => void;
  readonly formats?: readonly string[];
  /** A file in place of the camera makes sense. */
  readonly files?: boolean;
  readonly told?: string;
  /** The camera begins at once. */
  readonly begin?: boolean;
}

export function ReadCode({ label, onText, formats = ["qr_code"], files = true, told = "", begin = false }: ReadCode) {
  const [open, setOpen] = useState(begin);
  const { video, state } = useCamera(open);
  const file = useRef<HTMLInputElement>(null);
  const latest = useRef(onText);
  latest.current = onText;
  useEffect(() => {
    if (state !== "on" || !open) return undefined;
    let wanted = true;
    let last = "";
    void detector(formats).then(async (detect) => {
      while (wanted) {
        const text = video.current === null ? null : await detect(video.current).catch(() => null);
        if (wanted && text !== null && text !== last) {
          last = text;
          latest.current(text);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK));
      }
    });
    return () => {
      wanted = false;
    };
  }, [state, open]);
  return (
    <div class="stack" role="group" aria-label={label}>
      {open && state !== "refused" && <div class="view"><video ref={video} muted playsInline aria-label={t("photo.view")} /></div>}
      {open && state === "refused" && <p class="error" role="alert">{t("code.refused")}</p>}
      {told !== "" && <p class="strong" role="status">{told}</p>}
      <div class="row">
        {!open && <button type="button" class="plain" onClick={() => setOpen(true)}>{label}</button>}
        {open && <button type="button" class="plain" onClick={() => setOpen(false)}>{t("code.stop")}</button>}
        {files && <button type="button" class="plain" onClick={() => file.current?.click()}>{t("code.from-file")}</button>}
      </div>
      <input ref={file} type="file" hidden aria-label={t("code.from-file")} onChange={(event) => {
        const chosen = event.currentTarget.files?.[0];
        void chosen?.text().then((text) => text.split(/\s+/).filter(Boolean).forEach((line) => latest.current(line)));
      }} />
    </div>
  );
}
