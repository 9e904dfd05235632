import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { makeQueryClient } from "@/api/queryClient";
import { Gate } from "@/app/Gate";
import { makeRouter } from "@/app/router";
import { cssVariablesResolver, theme } from "@/app/theme";
import { type Language, setLanguage, startI18n } from "@/i18n";
import { answer } from "../../e2e/mock/handlers";
import { resetPlan } from "../../e2e/mock/plan";
import { resetQuarantine } from "../../e2e/mock/quarantine";
import { resetSources } from "../../e2e/mock/sources";
import { resetStores } from "../../e2e/mock/stores";
import { json } from "./json";

/** Renders something with all that surrounds it in the console, in a language. */
export async function renderIn(language: Language, children: ReactNode) {
  await speak(language);
  const client = makeQueryClient();
  return {
    user: userEvent.setup(),
    ...render(
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
        <QueryClientProvider client={client}>{children}</QueryClientProvider>
      </MantineProvider>,
    ),
  };
}

/** Renders the whole console at an address, answered by the fixtures. */
export async function renderConsole(address: string, language: Language = "en", respond?: Respond) {
  serveFixtures(respond);
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  return {
    router,
    ...(await renderIn(
      language,
      <Gate>
        <RouterProvider router={router} />
      </Gate>,
    )),
  };
}

async function speak(language: Language) {
  if (i18next.isInitialized) await setLanguage(language);
  else await startI18n(language);
}

export type Respond = (request: Request) => Response | undefined;

/** Answers every request from the fixtures, or by `respond` where that gives something. */
export function serveFixtures(respond: Respond = () => undefined): void {
  resetSources();
  resetStores();
  resetQuarantine();
  resetPlan();
  vi.stubGlobal("fetch", async (request: Request) => {
    const own = respond(request);
    if (own) return own;
    const { status, body } = answer(request.method, new URL(request.url), await request.text());
    return json(body, status);
  });
}
