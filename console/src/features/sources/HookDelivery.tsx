import { NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SampleDelivery } from "@/api/sources";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import classes from "./HookMapping.module.css";

/** A delivery to try a mapping on. */
export interface Delivery {
  body: string;
  headers: Record<string, string>;
  /** Which of the samples it is, as its place; none once somebody has changed it. */
  sample?: number;
}

/** A sample as it can be changed; JSON without any line break in lines of its own. */
export function deliveryOf(sample: SampleDelivery | undefined, place = 0): Delivery {
  if (!sample) return { body: "", headers: {} };
  return { body: indented(sample.body), headers: sample.headers, sample: place };
}

/** Numbers of JSON can have more digits than those of a browser: a text that would come out as another one stays as it is. */
function indented(json: string): string {
  if (json.includes("\n")) return json;
  try {
    const value: unknown = JSON.parse(json);
    return JSON.stringify(value) === json ? JSON.stringify(value, null, 2) : json;
  } catch {
    return json;
  }
}

export interface HookDeliveryProps {
  samples: readonly SampleDelivery[];
  delivery: Delivery;
  /** Names of the headers that the mapping asks for. */
  asked: readonly string[];
  onChange: (change: Partial<Delivery>) => void;
}

/** Which delivery the mapping is tried on: one that came, one that waits, the example, or a pasted one. */
export function HookDelivery({ samples, delivery, asked, onChange }: HookDeliveryProps) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const label = ({ origin, at }: SampleDelivery) =>
    t(`hook.trial.origin.${origin}`, { at: at ? format.dateTime(at) : "" });
  const own = { value: "", label: t("hook.trial.own") };
  const options = samples.map((sample, place) => ({ value: String(place), label: label(sample) }));
  return (
    <Panel title={t("hook.trial.title")} description={t("hook.trial.text")}>
      <Stack gap="sm">
        <NativeSelect
          label={t("hook.trial.which")}
          data={[...options, own]}
          value={delivery.sample === undefined ? "" : String(delivery.sample)}
          onChange={({ currentTarget: { value } }) =>
            onChange(
              value === ""
                ? { body: "", headers: {}, sample: undefined }
                : deliveryOf(samples[Number(value)], Number(value)),
            )
          }
        />
        {asked.map((name) => (
          <TextInput
            key={name}
            label={t("hook.trial.header", { name })}
            value={delivery.headers[name] ?? ""}
            lang="en"
            spellCheck={false}
            onChange={({ currentTarget: { value } }) =>
              onChange({ headers: { ...delivery.headers, [name]: value }, sample: undefined })
            }
          />
        ))}
        <Textarea
          label={t("hook.trial.body")}
          placeholder={t("hook.trial.paste")}
          classNames={{ input: classes.body }}
          rows={10}
          resize="vertical"
          spellCheck={false}
          lang="en"
          value={delivery.body}
          onChange={({ currentTarget: { value } }) => onChange({ body: value, sample: undefined })}
        />
      </Stack>
    </Panel>
  );
}
