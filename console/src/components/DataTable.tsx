import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./DataTable.module.css";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, with digits of one width. */
  end?: boolean;
  /** The key that the server sorts by. */
  sort?: string;
  /** Names the row; the first column does where none says so. */
  rowHeader?: boolean;
  width?: string | number;
  /** Shown only where there is plenty of room. */
  wide?: boolean;
}

export interface Sort {
  key: string;
  descending: boolean;
}

export interface DataTableProps<Row> {
  /** Says what the table holds; read aloud, not shown. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Whether every row leads somewhere, by the link in its row header. */
  linked?: boolean;
  /** How a row looks on a phone, where a table would have to scroll sideways. */
  card?: (row: Row) => ReactNode;
  /** The rows are of the question before; the answer is on its way. */
  stale?: boolean;
}

/** True on screens too narrow for tables. */
export function useIsPhone(): boolean {
  return useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
}

/** Rows of one page: a table on a desk, cards on a phone. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const phone = useIsPhone();
  if (phone && props.card) {
    return (
      <ul className={`${classes.cards} ${props.stale ? classes.stale : ""}`} aria-label={props.caption}>
        {props.rows.map((row) => (
          <li key={props.rowKey(row)}>{props.card?.(row)}</li>
        ))}
      </ul>
    );
  }
  return <WideTable {...props} />;
}

function WideTable<Row>({ caption, columns, rows, rowKey, sort, onSort, linked, stale }: DataTableProps<Row>) {
  const named = columns.find((column) => column.rowHeader) ?? columns[0];
  return (
    // A scroll area needs the focus, or the keyboard cannot move it; its name says what it holds.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={classes.scroll} aria-label={caption} tabIndex={0}>
      <table className={`${classes.table} ${linked ? classes.linked : ""} ${stale ? classes.stale : ""}`}>
        <caption className="bw-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) =>
                column === named ? (
                  <th key={column.key} scope="row" className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function classOf<Row>(column: Column<Row>): string | undefined {
  return [column.end && classes.end, column.wide && classes.wide].filter(Boolean).join(" ") || undefined;
}

function HeaderCell<Row>(props: { column: Column<Row>; sort?: Sort; onSort?: (sort: Sort) => void }) {
  const { column, sort, onSort } = props;
  const { t } = useTranslation();
  const sorted = column.sort !== undefined && sort?.key === column.sort;
  const direction = sorted ? (sort.descending ? "descending" : "ascending") : undefined;
  const className = classOf(column);
  if (!column.sort || !onSort) {
    return (
      <th scope="col" className={className} style={{ width: column.width }}>
        {column.header}
      </th>
    );
  }
  const key = column.sort;
  const Icon = !sorted ? IconArrowsSort : sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <th scope="col" aria-sort={direction ?? "none"} className={className} style={{ width: column.width }}>
      <button
        type="button"
        className={classes.sort}
        title={t("table.sortBy", { column: column.header })}
        onClick={() => onSort({ key, descending: sorted ? !sort.descending : Boolean(column.end) })}
      >
        {column.header}
        <Icon size={14} aria-hidden style={{ opacity: sorted ? 1 : 0.45 }} />
      </button>
    </th>
  );
}
