import { Center, Loader } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import { ErrorCard } from "@/components/QueryState";
import { SignInPage } from "./SignInPage";

/** Asks for the password where one is wanted and nobody is signed in; otherwise opens. */
export function Gate({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession();
  if (session.data?.signed_in) return children;
  if (session.data) return <SignInPage />;
  return (
    <Center mih="100vh" p="md" component="main">
      {session.isError ? (
        <ErrorCard error={session.error} onRetry={() => void session.refetch()} />
      ) : (
        <Loader aria-label={t("state.loading")} />
      )}
    </Center>
  );
}
