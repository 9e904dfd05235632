import { Group, Pagination, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useIsPhone } from "./DataTable";

export interface PagerProps {
  /** What is paged through, for the landmark's name. */
  label: string;
  /** From 0. */
  page: number;
  pageSize: number;
  total: number;
  onPage: (page: number) => void;
}

/** "1–50 of 4,372" and the way to the other pages. */
export function Pager({ label, page, pageSize, total, onPage }: PagerProps) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const pages = Math.ceil(total / pageSize);
  if (total === 0) return null;
  const from = page * pageSize + 1;
  const to = Math.min(total, from + pageSize - 1);
  return (
    <Group
      justify="space-between"
      px={phone ? 14 : 18}
      py={12}
      gap="sm"
      style={{ borderTop: "1px solid var(--bw-border)" }}
    >
      <Text size="sm" c="dimmed" className="bw-numbers" aria-live="polite">
        {t("table.range", { from, to, total })}
      </Text>
      {pages > 1 && (
        <nav aria-label={label}>
          <Pagination
            size="sm"
            value={page + 1}
            total={pages}
            siblings={phone ? 0 : 1}
            onChange={(value) => onPage(value - 1)}
            getItemProps={(value) => ({ "aria-label": t("table.page", { page: value }) })}
            getControlProps={(control) => ({ "aria-label": t(`table.${control}` as "table.next") })}
          />
        </nav>
      )}
    </Group>
  );
}
