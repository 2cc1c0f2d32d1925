/** Icons, drawn by hand in one weight. They are never alone: a word or a label stands beside each. */

const PATHS = {
  back: "M15 4l-8 8 8 8",
  next: "M9 5l7 7-7 7",
  lock: "M6 11h12v10H6zM8 11V7a4 4 0 0 1 8 0v4",
  book: "M5 3h14v18H5zM9 8h6M9 12h6M9 16h4",
  done: "M4 13l5 5L20 6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-5 4-7 8-7s8 2 8 7",
  count: "M5 4v16M9 4v16M13 4v16M17 4v16M2 17L20 7",
  room: "M3 4v12h18V8M3 16l0 4M21 16v4M3 4h18M3 10h18",
  seal: "M9 6h12v12H9l-6-6zM13 9v6M16 9v6M19 9v6M8 12h.01",
  camera: "M4 7h4l2-3h4l2 3h4v12H4zM12 16a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  site: "M12 2l10 10-10 10L2 12z",
  waits: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
} as const;
export type IconName = keyof typeof PATHS | "danger" | "warning" | "half" | "not-yet";

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  const frame = { width: size, height: size, viewBox: "0 0 24 24", "aria-hidden": true as const, focusable: "false" as const };
  if (name === "danger") {
    return (
      <svg {...frame}>
        <path d="M7 1h10l6 6v10l-6 6H7l-6-6V7z" fill="currentColor" />
        <path d="M8 5h3l-.5 8h-2zM13 5h3l-.5 8h-2zM8.2 15.5h2.6v2.6H8.2zM13.2 15.5h2.6v2.6h-2.6z" fill="#fff" />
      </svg>
    );
  }
  if (name === "warning") {
    return (
      <svg {...frame}>
        <path d="M12 2l11 20H1z" fill="#10202c" />
        <path d="M11 9h2v6h-2zM11 17h2v2h-2z" fill="#ffb938" />
      </svg>
    );
  }
  if (name === "half") {
    return (
      <svg {...frame}>
        <circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.4" />
        <path d="M12 3.5a8.5 8.5 0 0 0 0 17z" fill="currentColor" />
      </svg>
    );
  }
  if (name === "not-yet") {
    return (
      <svg {...frame}>
        <circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-dasharray="4 3.6" />
      </svg>
    );
  }
  const solid = name === "site";
  return (
    <svg {...frame} fill={solid ? "currentColor" : "none"} stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
