import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** What a page shows when there is nothing yet: what would stand here, and how to get it. */
export function EmptyState(props: { icon: TablerIcon; title: string; text: ReactNode; action?: ReactNode }) {
  const { icon: Icon, title, text, action } = props;
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light">
        <Icon size={26} aria-hidden />
      </ThemeIcon>
      <Text fw={650} size="lg" mt={4}>
        {title}
      </Text>
      <Text component="div" c="dimmed" size="sm" maw={460}>
        {text}
      </Text>
      {action}
    </Stack>
  );
}
