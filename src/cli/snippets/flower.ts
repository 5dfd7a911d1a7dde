/** Python that runs one round of Flower and saves what each client sends. */
export const flower: string = `"""One round of Flower, with what each client sends saved for "exan audit". Needs flwr[simulation] (tried with 1.42), torch and safetensors.

Copy Audited into your server app and put it in place of FedAvg; the rest is a small federation to see it at work.
"""
import os

import torch
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation
from safetensors.torch import save_file

RATE, STEPS = 0.05, 5  # of the clients' local SGD
FOLDER = os.environ.get("EXAN_FOLDER", "exan")


class Audited(FedAvg):
    """FedAvg that keeps what its server sees: the model it sends, and the one that each client gives back."""

    def configure_train(self, server_round, arrays, config, grid):
        self.save(f"round{server_round}", "model", arrays)
        return super().configure_train(server_round, arrays, config, grid)

    def aggregate_train(self, server_round, replies):
        replies = list(replies)
        for reply in replies:
            if not reply.has_error():
                client = f"round{server_round}/client{reply.metadata.src_node_id}"
                self.save(client, "after", reply.content[self.arrayrecord_key])
                print(
                    f"exan audit --model {FOLDER}/round{server_round}/model.safetensors"
                    f" --after {FOLDER}/{client}/after.safetensors --rate {RATE} --steps {STEPS}"
                )
        return super().aggregate_train(server_round, replies)

    def save(self, folder, name, arrays):
        os.makedirs(f"{FOLDER}/{folder}", exist_ok=True)
        state = {key: tensor.clone() for key, tensor in arrays.to_torch_state_dict().items()}
        save_file(state, f"{FOLDER}/{folder}/{name}.safetensors")


def network():
    return torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10))


def samples(client):
    """In place of a client's private samples."""
    source = torch.Generator().manual_seed(client)
    return torch.rand(8, 64, generator=source), torch.randint(0, 10, (8,), generator=source)


client = ClientApp()


@client.train()
def train(message: Message, context: Context):
    model = network()
    model.load_state_dict(message.content["arrays"].to_torch_state_dict())
    x, y = samples(int(context.node_config["partition-id"]))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    metrics = MetricRecord({"num-examples": len(x)})
    return Message(RecordDict({"arrays": ArrayRecord(model.state_dict()), "metrics": metrics}), reply_to=message)


server = ServerApp()


@server.main()
def main(grid: Grid, context: Context):
    torch.manual_seed(0)
    strategy = Audited(fraction_evaluate=0.0)
    strategy.start(grid=grid, initial_arrays=ArrayRecord(network().state_dict()), num_rounds=1)


if __name__ == "__main__":
    run_simulation(server_app=server, client_app=client, num_supernodes=2)
`;
