import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ConfirmDialog } from "./ConfirmDialog";

export interface RemoveButtonProps {
  /** What the button says, and the one that confirms. */
  label: string;
  title: string;
  text: ReactNode;
  /** How it is removed. */
  removal: { isPending: boolean; error: Error | null; reset: () => void };
  onConfirm: () => void;
}

/** Removes something for good, after a question. */
export function RemoveButton({ label, title, text, removal, onConfirm }: RemoveButtonProps) {
  const [asking, ask] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        c="var(--mantine-color-error)"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={ask.open}
      >
        {label}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => {
          removal.reset();
          ask.close();
        }}
        title={title}
        text={text}
        confirm={label}
        pending={removal.isPending}
        error={removal.error}
        onConfirm={onConfirm}
      />
    </>
  );
}
