import { Button, Group, Skeleton, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { Panel } from "./Panel";

export interface QueryStateProps<T> {
  query: UseQueryResult<T>;
  /** What stands there while the first answer is on its way. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Skeleton, error card with retry, or the data: the three faces of everything that is asked of the server. */
export function QueryState<T>({ query, skeleton, children }: QueryStateProps<T>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorCard error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true">
      <span className="bw-hidden" role="status">
        {t("state.loading")}
      </span>
      {skeleton ?? <PanelSkeleton />}
    </div>
  );
}

/** What went wrong, in words, with a way to try again. */
export function ErrorCard({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText()(error);
  return (
    <Panel>
      <Group wrap="nowrap" align="flex-start" role="alert" py={4}>
        <ThemeIcon color="red" variant="light" size={40} radius="xl">
          <IconAlertTriangle size={22} aria-hidden />
        </ThemeIcon>
        <div style={{ minWidth: 0 }}>
          <Text fw={650}>{text.title}</Text>
          {text.detail && (
            <Text size="sm" c="dimmed" maw="80ch">
              {text.detail}
            </Text>
          )}
          {onRetry && (
            <Button size="xs" variant="default" mt="sm" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
              {t("action.retry")}
            </Button>
          )}
        </div>
      </Group>
    </Panel>
  );
}

/** The grey outline of a card. */
export function PanelSkeleton({ height = 220 }: { height?: number }) {
  return (
    <Panel>
      <Skeleton height={16} width="32%" mb="md" />
      <Skeleton height={height} />
    </Panel>
  );
}

/** The grey outline of a page of numbers and a table. */
export function PageSkeleton() {
  return (
    <Stack gap="md">
      <PanelSkeleton height={56} />
      <PanelSkeleton height={320} />
    </Stack>
  );
}
