import { Button } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";

/** A small button in a row: its label is the same in every row, so its name also says which row. */
export function IconButtonText(props: { icon: TablerIcon; label: string; about: string; onClick: () => void }) {
  const { icon: Icon, label, about, onClick } = props;
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<Icon size={15} aria-hidden />}
      aria-label={`${label}: ${about}`}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
