import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { makeQueryClient } from "@/api/queryClient";
import { Gate } from "./Gate";
import { makeRouter } from "./router";
import { cssVariablesResolver, theme } from "./theme";

/** The whole console. */
export function App() {
  const [client] = useState(makeQueryClient);
  const [router] = useState(() => makeRouter());
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Gate>
          <RouterProvider router={router} />
        </Gate>
      </QueryClientProvider>
    </MantineProvider>
  );
}
