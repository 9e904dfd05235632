import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FileLook } from "@/api/imports";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import classes from "./Imports.module.css";

const delimiters: Record<string, string> = { ",": ",", ";": ";", "|": "|" };

/** What was recognised, with the first values of each column. */
export function LookPanel({ look }: { look: FileLook }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const facts = [
    { label: t("look.format"), value: t(`format.${look.format}`) },
    ...(look.packing ? [{ label: t("look.packing"), value: look.packing }] : []),
    ...(look.encoding ? [{ label: t("look.encoding"), value: look.encoding.toUpperCase() }] : []),
    ...(look.delimiter ? [{ label: t("look.delimiter"), value: delimiters[look.delimiter] ?? t("look.tab") }] : []),
    { label: t("look.columns"), value: format.number(look.columns.length) },
  ];
  return (
    <Panel title={t("look.title")} description={t("look.text", { shown: format.number(look.rows) })}>
      <dl className={classes.facts}>
        {facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
      {look.repeated.length > 0 && (
        <Alert color="blue" mt="sm">
          {t("look.repeated", { names: look.repeated.map((name) => name || "“”").join(", ") })}
        </Alert>
      )}
      <Sample look={look} />
    </Panel>
  );
}

function Sample({ look }: { look: FileLook }) {
  const { t } = useTranslation("imports");
  const rows = Math.max(0, ...look.columns.map((column) => column.values.length));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus, or the keyboard cannot move it
    <section className={classes.sample} aria-label={t("look.sample")} tabIndex={0}>
      <table>
        <caption className="bw-hidden">{t("look.sample")}</caption>
        <thead>
          <tr>
            {look.columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a sample have nothing else
            <tr key={row}>
              {look.columns.map((column) => (
                <td key={column.name}>
                  {column.values[row] || (
                    <Text component="span" c="dimmed" size="xs">
                      –
                    </Text>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
