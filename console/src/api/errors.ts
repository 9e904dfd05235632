import { useTranslation } from "react-i18next";
import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];
export type ProblemCode = Problem["code"];

/** An answer of the server that is not the one that was asked for (problem+json), or no answer at all. */
export class ApiError extends Error {
  /** `offline` where no answer came, `unexpected` where the answer was not a problem document. */
  readonly code: ProblemCode | "offline" | "unexpected";
  readonly status: number;
  readonly detail: string;

  constructor(status: number, code: ApiError["code"], detail = "") {
    super(`${code}: ${detail}`);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** Reads a problem document; anything else becomes one. */
export function toApiError(status: number, body: unknown): ApiError {
  if (typeof body !== "object" || body === null || !("code" in body)) return new ApiError(status, "unexpected");
  const problem = body as Problem;
  return new ApiError(status, problem.code, problem.detail);
}

/** What to tell a person about an error: the title in the reader's language, the server's own words below it. */
export function useErrorText(): (error: unknown) => { title: string; detail: string } {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return { title: t("error.unexpected"), detail: String(error) };
    const key = `error.${error.code}` as "error.unexpected";
    const title = i18n.exists(key) ? t(key) : t("error.unexpected");
    return { title, detail: error.code === "offline" ? t("error.offlineDetail") : error.detail };
  };
}
