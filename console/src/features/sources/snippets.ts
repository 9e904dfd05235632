// What an engineer copies to send the first event, filled with this installation's address and the source's key. Held against
// the SDKs themselves: @segment/analytics-next 1.84, @segment/analytics-node 3.1, segment-analytics-python 2.4.
import type { Start } from "@/app/search";
import type { Kind } from "./words";

/** What goes into a start. */
export interface Sender {
  /** Where the server is, without a `/` at the end: `https://bellwether.example`. */
  origin: string;
  /** The write key. */
  key: string;
  /** The shop's currency. */
  currency: string;
}

export interface Snippet {
  /** What is called in a terminal first. */
  install?: string;
  code: string;
}

/** What tools are called, in every language. */
export const startNames: Record<Exclude<Start, "browser">, string> = {
  "analytics-next": "analytics-next",
  node: "Node.js",
  python: "Python",
  curl: "curl",
};

/** The start that fits a kind best. */
export const firstStart: Record<Kind, Start> = { website: "browser", server: "node", mobile: "curl", webhook: "curl" };

/** The start to copy. */
export function snippet(start: Start, sender: Sender): Snippet {
  return writers[start](sender);
}

const writers: Record<Start, (sender: Sender) => Snippet> = {
  browser: ({ origin, key, currency }) => ({
    code: `<script src="${origin}/b.js" data-write-key="${key}" async></script>
<script>
  window.bellwether = window.bellwether || [];
  bellwether.push(["identify", "user-1", { email: "ann@example.com" }]);
  bellwether.push(["track", "Product Viewed", { product_id: "sku-1", price: 59.9, currency: "${currency}" }]);
</script>`,
  }),
  "analytics-next": ({ origin, key, currency }) => {
    const { host, protocol } = new URL(origin);
    return {
      install: "npm install @segment/analytics-next",
      code: `import { AnalyticsBrowser } from "@segment/analytics-next";

// With the settings given here, nothing is fetched from anybody else's servers.
const analytics = AnalyticsBrowser.load({
  writeKey: "${key}",
  cdnSettings: {
    integrations: {
      "Segment.io": { apiKey: "${key}", apiHost: "${host}/v1", protocol: "${protocol.replace(":", "")}" },
    },
  },
});

analytics.identify("user-1", { email: "ann@example.com" });
analytics.track("Product Viewed", { product_id: "sku-1", price: 59.9, currency: "${currency}" });`,
    };
  },
  node: ({ origin, key, currency }) => ({
    install: "npm install @segment/analytics-node",
    code: `import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "${key}", host: "${origin}" });

analytics.identify({ userId: "user-1", traits: { email: "ann@example.com" } });
analytics.track({
  userId: "user-1",
  event: "Order Completed",
  properties: {
    order_id: "order-1",
    currency: "${currency}",
    products: [{ product_id: "sku-1", name: "Trail jacket", price: 59.9, quantity: 1 }],
  },
});

await analytics.closeAndFlush();`,
  }),
  python: ({ origin, key, currency }) => ({
    install: "pip install segment-analytics-python",
    code: `import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${origin}"

analytics.identify("user-1", {"email": "ann@example.com"})
analytics.track("user-1", "Order Completed", {
    "order_id": "order-1",
    "currency": "${currency}",
    "products": [{"product_id": "sku-1", "name": "Trail jacket", "price": 59.9, "quantity": 1}],
})

analytics.flush()`,
  }),
  curl: ({ origin, key, currency }) => ({
    code: `curl "${origin}/v1/track" \\
  --user "${key}:" \\
  --header "Content-Type: application/json" \\
  --data '{
    "userId": "user-1",
    "event": "Order Completed",
    "properties": {
      "order_id": "order-1",
      "currency": "${currency}",
      "products": [{"product_id": "sku-1", "name": "Trail jacket", "price": 59.9, "quantity": 1}]
    }
  }'`,
  }),
};

/** A key as it is shown to whoever looks over a shoulder: only its last four characters. */
export function masked(key: string): string {
  return "•".repeat(Math.max(0, key.length - 4)) + key.slice(-4);
}

/** Whether an address leads to nowhere but the machine that it is typed on. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^127(\.\d+){3}$|^\[::1\]$/.test(hostname);
}
