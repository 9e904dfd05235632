// The demonstration shop: what a shop's own script does. Loaded before the SDK, so its calls wait in the list.
window.bellwether = window.bellwether || [];
const tell = (...call) => window.bellwether.push(call);

const products = [
  {
    product_id: "mug-dawn",
    name: "Dawn mug",
    price: 24,
    shape: "mug",
    tint: "a",
    text: "Holds a large coffee, and the heat of it.",
  },
  {
    product_id: "bowl-moon",
    name: "Moon bowl",
    price: 38,
    shape: "bowl",
    tint: "b",
    text: "Wide and low, for soup or for keys.",
  },
  {
    product_id: "vase-hill",
    name: "Hill vase",
    price: 64,
    shape: "vase",
    tint: "c",
    text: "For one branch, or a whole meadow.",
  },
  {
    product_id: "plate-tide",
    name: "Tide plate",
    price: 29,
    shape: "plate",
    tint: "b",
    text: "A ring of glaze, no two the same.",
  },
  {
    product_id: "pot-ember",
    name: "Ember teapot",
    price: 82,
    shape: "teapot",
    tint: "a",
    text: "Pours without a drop beside the cup.",
  },
  {
    product_id: "planter-fern",
    name: "Fern planter",
    price: 46,
    shape: "planter",
    tint: "c",
    text: "With a hole, as plants prefer.",
  },
];
const currency = "EUR";
const euros = (amount) => new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);
const basket = new Map();

const art = ({ shape, tint }) => `<svg class="art ${tint}" aria-hidden="true"><use href="#${shape}"/></svg>`;

/** Marked up, not scripted: the attributes are all that the SDK needs. */
const addButton = ({ product_id, name, price }) =>
  `<button data-add="${product_id}" data-bellwether-event="Product Added" data-bellwether-prop-product-id="${product_id}"
    data-bellwether-prop-name="${name}" data-bellwether-number-price="${price}" data-bellwether-number-quantity="1"
    data-bellwether-prop-currency="${currency}">Add to basket</button>`;

const card = (product) => `<article class="card">
    <a href="#/product/${product.product_id}" aria-label="${product.name}">${art(product)}</a>
    <div class="info"><div class="row"><h3>${product.name}</h3><span class="price">${euros(product.price)}</span></div>
    <div>${addButton(product)}</div></div></article>`;

function total() {
  return products.reduce((sum, { product_id, price }) => sum + price * (basket.get(product_id) ?? 0), 0);
}

function showBasket() {
  const lines = products.filter(({ product_id }) => basket.has(product_id));
  find("#count").textContent = [...basket.values()].reduce((sum, quantity) => sum + quantity, 0);
  find("#basket").innerHTML =
    lines
      .map(({ product_id, name, price }) => {
        const quantity = basket.get(product_id);
        return `<li><span>${quantity} × ${name}</span><span class="price">${euros(price * quantity)}</span></li>`;
      })
      .join("") || "<li>Nothing yet.</li>";
  find("#total").textContent = euros(total());
  find("#order").disabled = basket.size === 0;
}

function order() {
  const order_id = `demo-${Date.now().toString(36)}`;
  const lines = products.filter(({ product_id }) => basket.has(product_id));
  const bought = lines.map(({ product_id, name, price }) => ({
    product_id,
    name,
    price,
    quantity: basket.get(product_id),
  }));
  tell("track", "Order Completed", { order_id, revenue: total(), currency, products: bought });
  basket.clear();
  showBasket();
  find("#thanks").textContent = `Thank you. Order ${order_id} will never arrive.`;
}

function showRoute() {
  const route = location.hash || "#/";
  for (const section of document.querySelectorAll("[data-route]")) {
    const own = section.dataset.route;
    section.hidden = own === "#/product/" ? !route.startsWith(own) : route !== own;
  }
  const product = products.find(({ product_id }) => route === `#/product/${product_id}`);
  if (product) {
    const { shape, tint, text, ...properties } = product;
    find("#product").innerHTML = `<div class="product">${art(product)}<div><h1>${product.name}</h1>
      <p class="note">${text}</p><p class="price">${euros(product.price)}</p>${addButton(product)}</div></div>`;
    tell("track", "Product Viewed", { ...properties, currency });
  }
  document.title = `${product?.name ?? (route === "#/cart" ? "Basket" : "Shop")} · Kiln & Clay`;
}

const find = (selector) => document.querySelector(selector);

/** The panel shows what really goes over the wire, with the server's answer. */
function watchRequests() {
  const original = window.fetch;
  window.fetch = async (...given) => {
    const answer = original(...given);
    const [address, options] = given;
    if (/\/v1\/batch$/.test(address)) {
      const status = await answer.then(
        (response) => response.status,
        () => "no answer",
      );
      for (const event of JSON.parse(options.body).batch) showEvent(event, status);
    }
    return answer;
  };
}

function showEvent(event, status) {
  const entry = document.createElement("li");
  entry.innerHTML = "<details><summary><code></code> <span></span></summary><pre></pre></details>";
  entry.querySelector("code").textContent = event.type;
  entry.querySelector("span").textContent =
    `${event.event ?? event.properties?.title ?? event.userId ?? ""} · ${status}`;
  entry.querySelector("pre").textContent = JSON.stringify(event, null, 2);
  find("#log").prepend(entry);
}

watchRequests();
document.addEventListener("DOMContentLoaded", () => {
  find("#products").innerHTML = products.map(card).join("");
  document.addEventListener("click", ({ target }) => {
    const id = target.closest("[data-add]")?.dataset.add;
    if (!id) return;
    basket.set(id, (basket.get(id) ?? 0) + 1);
    showBasket();
  });
  document.addEventListener("submit", (event) => event.preventDefault());
  find("#signin").addEventListener("submit", ({ target }) => {
    const customer = new FormData(target).get("customer");
    tell("identify", customer, { signed_in_at: new Date().toISOString() });
    find("#who").textContent = `Customer ${customer}`;
    find("#who").hidden = false;
  });
  find("#signout").addEventListener("click", () => {
    tell("reset");
    find("#who").hidden = true;
  });
  find("#order").addEventListener("click", order);
  find("#flush").addEventListener("click", () => tell("flush"));
  find("#allow").addEventListener("click", () => tell("consent", true));
  find("#refuse").addEventListener("click", () => tell("consent", false));
  window.addEventListener("hashchange", showRoute);
  showRoute();
  showBasket();
});
