import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { takePendingFocus } from "@/app/focus";

export interface PageProps {
  title: string;
  /** Stands beside the title, usually a status. */
  badge?: ReactNode;
  /** One line of context. */
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** Where the page above is. */
  back?: { link: LinkProps; label: string };
  children: ReactNode;
}

/** The frame of every page: one h1, which gets the focus when the route changes, and the document's title. */
export function Page({ title, badge, subtitle, actions, back, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Bellwether`;
  }, [title]);
  useEffect(() => {
    if (takePendingFocus()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="md">
      <div>
        {back && (
          <Anchor
            size="sm"
            mb={4}
            display="inline-flex"
            style={{ alignItems: "center", gap: 2 }}
            renderRoot={(props) => <Link {...props} {...back.link} />}
          >
            <IconChevronLeft size={16} aria-hidden />
            {back.label}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-end" gap="sm">
          <div style={{ minWidth: 0, flex: "1 1 18rem" }}>
            <Group gap="sm" align="center">
              <Title order={1} fz={{ base: 22, sm: 24 }} lh={1.25} ref={heading} tabIndex={-1}>
                {title}
              </Title>
              {badge}
            </Group>
            {subtitle && (
              <Text component="div" c="dimmed" size="sm" mt={2} maw="80ch">
                {subtitle}
              </Text>
            )}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </div>
      {children}
    </Stack>
  );
}
