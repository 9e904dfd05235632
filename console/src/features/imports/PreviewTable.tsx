import { Fragment, useId } from "react";
import { useTranslation } from "react-i18next";
import type { MappedRow, MappingPreview } from "@/api/imports";
import { Becomes } from "./Becomes";
import classes from "./Imports.module.css";

/** Row by row: what it becomes, what it says, and what is wrong with it at its cell. */
export function PreviewTable({ preview }: { preview: MappingPreview }) {
  const { t } = useTranslation("imports");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus, or the keyboard cannot move it
    <section className={classes.preview} aria-label={t("preview.table")} tabIndex={0}>
      <table>
        <caption className="bw-hidden">{t("preview.table")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("preview.line")}</th>
            <th scope="col">{t("preview.becomes")}</th>
            {preview.columns.map((column) => (
              <th key={column} scope="col" className={classes.raw}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row) => (
            <Row key={row.line} row={row} columns={preview.columns} kind={preview.kind ?? "events"} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row, columns, kind }: { row: MappedRow; columns: readonly string[]; kind: string }) {
  const { t } = useTranslation("imports");
  const reasons = useTranslation("quality");
  const id = useId();
  const isWrong = row.problems.length > 0;
  const wrongOf = (column: string) => row.problems.some((problem) => problem.field === column);
  return (
    <Fragment>
      <tr data-wrong={isWrong || undefined}>
        <th scope="row" className="bw-numbers">
          {row.line}
        </th>
        <td className={classes.becomes}>
          {row.events.length > 0 ? (
            row.events.map((event) => <Becomes key={String(event.messageId)} event={event} />)
          ) : (
            <span className={classes.none}>
              {t(isWrong ? "preview.cannot" : kind === "orders" ? "preview.ofOrder" : "preview.leftOut")}
            </span>
          )}
        </td>
        {row.values.length > 0 ? (
          columns.map((column, index) => (
            <td
              key={column}
              className={classes.raw}
              data-wrong={wrongOf(column) || undefined}
              aria-describedby={wrongOf(column) ? id : undefined}
            >
              {row.values[index] ?? ""}
            </td>
          ))
        ) : (
          <td className={classes.raw} colSpan={Math.max(1, columns.length)} data-wrong>
            {row.problems[0]?.content}
          </td>
        )}
      </tr>
      {isWrong && (
        <tr className={classes.problem}>
          <td />
          <td colSpan={columns.length + 1} id={id}>
            {row.problems.map((problem) => (
              <p key={`${problem.field} ${problem.detail}`}>
                <strong>{reasons.t(`reason.${problem.reason}`)}</strong>
                <span lang="en">{problem.detail}</span>
              </p>
            ))}
          </td>
        </tr>
      )}
    </Fragment>
  );
}
