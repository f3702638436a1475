/** What a colour means. The same six words everywhere. */
export type Tone = "neutral" | "info" | "success" | "warning" | "danger" | "accent";
