// Files on their way in: one to be mapped, one that is in, one that gave up.
import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];
type Upload = Schemas["UploadRow"];

const draft = `# A draft, guessed from the first 4 rows of 订单.csv. Look at a dry run, and mend what is wrong.
# \`orders\`, because there are numbers of orders, items and prices.
kind = "orders"
source = "import"

[columns]
order = "订单号"  # by its name
customer = "会员号"  # by its name
time = { column = "下单时间", format = "%Y/%m/%d %H:%M:%S", timezone = "UTC" }  # by its name
item = "商品名称"  # by its name
quantity = "数量"  # by its name
price = "单价"  # by its name
currency = { constant = "CNY" }  # no column names one: check this
`;

const fresh = (): Upload[] => [
  {
    id: "upl_00000000000000000000000000000001",
    name: "订单.csv",
    bytes: 48_213_004,
    at: "2026-11-22T09:12:00Z",
    state: "uploaded",
    source: null,
    mapping: null,
    progress: null,
    error: null,
    outcome: null,
  },
  {
    id: "upl_00000000000000000000000000000002",
    name: "till-october.csv.gz",
    bytes: 1_204_113,
    at: "2026-11-21T15:40:00Z",
    state: "done",
    source: "tills",
    mapping: draft,
    progress: null,
    error: null,
    outcome: {
      at: "2026-11-21T15:41:00Z",
      rows: 120_480,
      events: 41_022,
      rejected: 17,
      already_imported: false,
      rejects_behind: 4,
      rejects_up_to: 21,
    },
  },
  {
    id: "upl_00000000000000000000000000000003",
    name: "leads.csv",
    bytes: 20_113,
    at: "2026-11-20T11:00:00Z",
    state: "failed",
    source: "meta-lead-ads",
    mapping: draft,
    progress: {
      rows: 310,
      events: 0,
      rejected: 310,
      bytes: 0,
      rows_per_second: null,
      is_read: false,
      rejects_behind: 0,
    },
    error: "leads.csv: none of its 310 rows can be used; the first: line 2, column `created_time`: `x` is not a date",
    outcome: null,
  },
];

let uploads = fresh();

/** As at the beginning, or as if nothing was ever given. */
export function resetUploads(none = false) {
  uploads = none ? [] : fresh();
}

const find = (id?: string) => uploads.find((upload) => upload.id === id) ?? null;

export const uploadList = (): Schemas["UploadList"] => ({
  max_bytes: 8_000_000_000,
  uploads: uploads.map((upload) => ({ ...upload, mapping: null })),
});

export const upload = (id?: string) => find(id);

export const look = (id?: string): Schemas["FileLook"] | null =>
  find(id) && {
    format: "delimited",
    packing: null,
    encoding: "gb18030",
    delimiter: ",",
    rows: 4,
    columns: [
      { name: "订单号", values: ["T1001", "T1001", "T1002", "T1003"] },
      { name: "会员号", values: ["M17", "M17", "M23", ""] },
      { name: "下单时间", values: Array(4).fill("2026/01/31 10:05:00") },
      { name: "商品名称", values: ["龙井茶", "茶杯", "普洱茶", "龙井茶"] },
      { name: "数量", values: ["2", "1", "三", "1"] },
      { name: "单价", values: ["59.50", "18.00", "128.00", "59.50"] },
    ],
    repeated: [],
    draft,
  };

const order = (line: number, customer: string): { [key: string]: unknown } => ({
  messageId: `T100${line}`,
  type: "track",
  event: "Order Completed",
  userId: customer,
  timestamp: "2026-01-31T02:05:00Z",
  origin: { source: "import", line },
  order: {
    order_id: `T100${line}`,
    currency: "CNY",
    products: [{ id: "龙井茶", name: "", qty: 2, price: 59.5 }],
  },
});

/** What the mapping makes of the rows, as far as a fixture can know: it wants a `kind`. */
export function preview(id: string | undefined, mapping: string): Schemas["MappingPreview"] | null {
  const file = look(id);
  if (!file) return null;
  const nothing = { source: null, kind: null, columns: [], rows: [], read: 0, skipped: 0, time_format: "" };
  if (!mapping.includes("kind =")) {
    const problem = { line: 3, column: 1, message: "unknown key `kynd`; did you mean `kind`?" };
    return { ...nothing, mapping_problem: problem, file_problem: null, standing: "new" };
  }
  if (mapping.includes("no such column")) {
    return { ...nothing, mapping_problem: null, file_problem: "订单.csv: no column `no such column`", standing: "new" };
  }
  const values = [0, 1, 2, 3].map((row) => file.columns.map((column) => column.values[row] ?? null));
  const wrong = {
    field: "数量",
    reason: "bad_number" as const,
    detail: "line 4, column `数量`: `三` is not a whole number",
    content: "",
  };
  return {
    mapping_problem: null,
    file_problem: null,
    source: "import",
    kind: "orders",
    standing: find(id)?.progress ? "unfinished" : "new",
    columns: file.columns.map((column) => column.name),
    rows: [
      { line: 2, values: values[0] ?? [], events: [order(2, "M17")], problems: [] },
      { line: 3, values: values[1] ?? [], events: [], problems: [] },
      { line: 4, values: values[2] ?? [], events: [], problems: [wrong] },
      { line: 5, values: values[3] ?? [], events: [order(5, "M23")], problems: [] },
    ],
    read: 4,
    skipped: 0,
    time_format: "%Y/%m/%d %H:%M:%S",
  };
}

function become(id: string | undefined, change: Partial<Upload>): Upload | null {
  const found = find(id);
  if (!found) return null;
  return Object.assign(found, change);
}

export const start = (id: string | undefined, mapping: string) =>
  become(id, {
    state: "running",
    source: "import",
    mapping,
    progress: {
      rows: 182_500,
      events: 60_012,
      rejected: 4,
      bytes: 20_110_000,
      rows_per_second: 48_200,
      is_read: false,
      rejects_behind: 0,
    },
  });

export const cancel = (id?: string) => become(id, { state: "cancelled" });

export function removeUpload(id?: string): boolean {
  const before = uploads.length;
  uploads = uploads.filter((one) => one.id !== id);
  return uploads.length < before;
}

export const readyMappings: Schemas["ReadyMapping"][] = [
  {
    name: "shopify-orders",
    kind: "orders",
    text: '# The orders export of Shopify.\nkind = "orders"\nsource = "shopify"\n',
  },
  { name: "weibo-interactions", kind: "events", text: '# 微博互动导出\nkind = "events"\nsource = "weibo"\n' },
];
