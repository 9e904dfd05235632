"""Sends events with one of the official Python SDKs, as a program of a shop would, and prints what went wrong as JSON.

    python send.py MODULE '{"write_key": …, "host": …, "gzip": …, "sync_mode": …}' PERSON COUNT
"""

import importlib
import json
import sys

module, options, person, count = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3], int(sys.argv[4])
faults = []
client = importlib.import_module(module).Client(
    on_error=lambda error, batch: faults.append({"error": str(error), "events": len(batch)}),
    upload_size=5,
    **options,
)

client.identify(person, {"email": f"{person}@shop.example", "plan": "plus"})
for number in range(count):
    client.track(person, "Thing Done", {"number": number})
if count > 0:
    client.page(person, "Docs", "Start", {"number": 1})
    client.screen(person, "App", "Home", {"number": 2})
    client.group(person, "company-1", {"size": 12})
    client.alias(f"{person}-before", person)
    products = [{"product_id": "mug", "name": "Mug", "price": 12.75, "quantity": 2}]
    client.track(person, "Order Completed", {"order_id": person, "currency": "USD", "products": products})
    client.track(None, "Thing Seen", {"number": 1}, anonymous_id=f"{person}-visitor")
if not options.get("sync_mode"):
    client.flush()
    client.join()
print(json.dumps(faults))
