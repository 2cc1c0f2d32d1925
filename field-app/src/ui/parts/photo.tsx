/**
 * Photos from the camera, in the page: they touch no gallery. Drawn anew, so that neither the place nor the
 * phone's serial number, which a camera writes into its files, goes along; hashed as they will be kept.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Photo } from "../../core/field.ts";
import { clock } from "../times.ts";
import { t } from "../words/index.ts";
import { Icon } from "./icons.tsx";
import { useDraft } from "./state.ts";

const LONGEST = 1600;
const QUALITY = 0.82;

export interface Taken extends Photo {
  readonly hash: string;
  readonly at: number;
}

async function keep(source: HTMLVideoElement | ImageBitmap, width: number, height: number): Promise<Taken> {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (blob === null) throw new Error(t("photo.failed"));
  const content = new Uint8Array(await blob.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { content, media: "image/jpeg", name: `${hash.slice(0, 8)}.jpg`, hash, at: Date.now() };
}

/** The camera's picture in the page; null while it is asked, false where it is refused. */
export function useCamera(on: boolean): { video: { current: HTMLVideoElement | null }; state: "asked" | "on" | "refused" } {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"asked" | "on" | "refused">("asked");
  useEffect(() => {
    if (!on) return undefined;
    let stream: MediaStream | null = null;
    let wanted = true;
    const wish = { video: { facingMode: "environment", width: { ideal: 1920 } }, audio: false };
    const asked = navigator.mediaDevices?.getUserMedia(wish) ?? Promise.reject(new Error("none"));
    asked.then(
      (given) => {
        stream = given;
        if (!wanted || video.current === null) {
          given.getTracks().forEach((track) => track.stop());
          return;
        }
        video.current.srcObject = given;
        video.current.play().then(() => setState("on"), () => setState("refused"));
      },
      () => wanted && setState("refused"),
    );
    return () => {
      wanted = false;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [on]);
  return { video, state };
}

const NONE = { photos: [] as readonly Taken[] };
/** Photos of a form that is filled in: kept as what is typed in it is. */
export function usePhotos(form: string): [readonly Taken[], (photos: readonly Taken[]) => void] {
  const [{ photos }, change, clear] = useDraft(`${form}-photos`, NONE);
  return [photos, (taken) => (taken.length === 0 ? clear() : change({ photos: taken }))];
}

function Shown({ photo, n, onRemove }: { photo: Taken; n: number; onRemove: () => void }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([photo.content], { type: photo.media }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return (
    <figure>
      {address !== "" && <img src={address} alt={t("photo.number", { n })} />}
      <figcaption class="tight">
        <span class="checked"><Icon name="done" size={20} /> {t("photo.hashed", { at: clock(photo.at) })}</span>
        <span class="second">{`${photo.hash.slice(0, 4)} ${photo.hash.slice(4, 8)} ${photo.hash.slice(8, 12)} …`}</span>
        <button type="button" class="link" onClick={onRemove}>{t("photo.remove", { n })}</button>
      </figcaption>
    </figure>
  );
}

interface TakePhotos {
  readonly label: string;
  readonly photos: readonly Taken[];
  /** At most `MOST_PHOTOS`. */
  readonly most?: number;
  readonly onChange: (photos: readonly Taken[]) => void;
}

export function TakePhotos({ label, photos, most = 1, onChange }: TakePhotos) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState("");
  const { video, state } = useCamera(open);
  const file = useRef<HTMLInputElement>(null);
  const latest = useRef(photos);
  latest.current = photos;
  const full = photos.length >= most;
  const done = (taken: Promise<Taken>): void => {
    taken.then(
      (made) => {
        if (latest.current.length >= most) return;
        latest.current = [...latest.current, made];
        // The camera stays for the next one.
        if (latest.current.length >= most) setOpen(false);
        setProblem("");
        onChange(latest.current);
      },
      () => setProblem(t("photo.failed")),
    );
  };
  const shoot = (): void => {
    const shown = video.current;
    if (shown !== null) done(keep(shown, shown.videoWidth, shown.videoHeight));
  };
  const fromFile = async (chosen: File): Promise<Taken> => {
    const bitmap = await createImageBitmap(chosen);
    return keep(bitmap, bitmap.width, bitmap.height);
  };
  return (
    <div class="tight" role="group" aria-label={label}>
      {photos.length > 0 && (
        <div class="pair">
          {photos.map((photo, at) => <Shown key={`${photo.at} ${photo.hash}`} photo={photo} n={at + 1} onRemove={() => onChange(photos.filter((_, place) => place !== at))} />)}
        </div>
      )}
      {open && state !== "refused" && (
        <>
          <div class="view"><video ref={video} muted playsInline aria-label={t("photo.view")} /></div>
          <div class="row">
            <button type="button" class="act" disabled={state !== "on"} onClick={shoot}><Icon name="camera" /> {t("photo.take")}</button>
            <button type="button" class="plain" onClick={() => setOpen(false)}>{t(photos.length > 0 ? "photo.close" : "form.cancel")}</button>
          </div>
        </>
      )}
      {open && state === "refused" && <p class="error" role="alert">{t("photo.refused")}</p>}
      {!full && (!open || state === "refused") && (
        <div class="row">
          {!open && <button type="button" class="plain" onClick={() => setOpen(true)}><Icon name="camera" /> {photos.length > 0 ? t("photo.further") : label}</button>}
          {open && <button type="button" class="plain" onClick={() => file.current?.click()}>{t("photo.file")}</button>}
        </div>
      )}
      {most > 1 && <p class="second" role="status">{photos.length > 0 ? t("photo.of-most", { n: photos.length, most }) : ""}</p>}
      <input ref={file} type="file" accept="image/*" capture="environment" hidden aria-label={label} onChange={(event) => {
        const chosen = event.currentTarget.files?.[0];
        event.currentTarget.value = "";
        if (chosen !== undefined) done(fromFile(chosen));
      }} />
      {problem !== "" && <p class="error" role="alert">{problem}</p>}
    </div>
  );
}
