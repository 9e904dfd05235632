import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderIn } from "@/test/render";
import { DataTable } from "./DataTable";
import { IntervalPlot, sharedScale } from "./IntervalPlot";
import { Pager } from "./Pager";
import { useSentence } from "./useSentence";

const columns = [
  { key: "name", header: "Name", cell: (row: Row) => row.name, sort: "name" },
  { key: "orders", header: "Orders", cell: (row: Row) => String(row.orders), sort: "orders", end: true },
];
interface Row {
  name: string;
  orders: number;
}

describe("DataTable", () => {
  it("says how it is sorted, and asks for another order", async () => {
    const onSort = vi.fn();
    const { user } = await renderIn(
      "en",
      <DataTable
        caption="Customers"
        columns={columns}
        rows={[{ name: "Ada", orders: 3 }]}
        rowKey={(row) => row.name}
        sort={{ key: "name", descending: false }}
        onSort={onSort}
      />,
    );
    const header = screen.getByRole("columnheader", { name: /Name/ });
    expect(header).toHaveAttribute("aria-sort", "ascending");
    await user.click(within(header).getByRole("button"));
    expect(onSort).toHaveBeenCalledWith({ key: "name", descending: true });
    await user.click(screen.getByRole("button", { name: /Orders/ }));
    expect(onSort).toHaveBeenLastCalledWith({ key: "orders", descending: true });
    expect(screen.getByRole("rowheader", { name: "Ada" })).toBeInTheDocument();
  });
});

describe("Pager", () => {
  it("says where one is and leads on, in both languages", async () => {
    const onPage = vi.fn();
    const { user, unmount } = await renderIn(
      "en",
      <Pager label="Pages of customers" page={1} pageSize={25} total={4_372} onPage={onPage} />,
    );
    expect(screen.getByText("26–50 of 4,372")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Next page" }));
    expect(onPage).toHaveBeenCalledWith(2);
    unmount();
    await renderIn("zh-CN", <Pager label="客户分页" page={0} pageSize={25} total={4_372} onPage={onPage} />);
    expect(screen.getByText("第 1–25 条，共 4,372 条")).toBeInTheDocument();
  });

  it("is not there where there is nothing to page through", async () => {
    await renderIn("en", <Pager label="Pages" page={0} pageSize={25} total={0} onPage={() => {}} />);
    expect(screen.queryByRole("navigation")).toBeNull();
  });
});

describe("IntervalPlot", () => {
  it("stands on a scale around nought that holds every interval", async () => {
    const scale = sharedScale([
      { low: -0.5, high: 0.1 },
      { low: 0.02, high: 0.3 },
    ]);
    expect(scale.from).toBe(-scale.to);
    expect(scale.to).toBeGreaterThan(0.5);
    await renderIn("en", <IntervalPlot low={-0.5} estimate={-0.2} high={0.1} {...scale} label="a fifth less" />);
    expect(screen.getByRole("img", { name: "a fifth less" })).toBeInTheDocument();
  });
});

describe("useSentence", () => {
  function Said({ code, params }: { code: string; params: Record<string, unknown> }) {
    return <p>{useSentence("recommendations", "reason")({ code, params })}</p>;
  }

  it("says what the server names by code", async () => {
    const params = { kind: "als", model: "ALS", ratio: 1.712, threshold: 1.2 };
    const { unmount } = await renderIn("en", <Said code="model_beats_popularity" params={params} />);
    expect(screen.getByText(/is 1.71 times that of the popular products/)).toBeInTheDocument();
    unmount();
    await renderIn("zh-CN", <Said code="model_beats_popularity" params={params} />);
    expect(screen.getByText(/1.71 倍/)).toBeInTheDocument();
  });

  it("shows a code that it does not know, rather than nothing", async () => {
    await renderIn("en", <Said code="moon_too_bright" params={{ lux: 3 }} />);
    expect(screen.getByText("moon too bright 3")).toBeInTheDocument();
  });
});
