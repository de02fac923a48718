// By axios, because orval's client by fetch reads every body as JSON, that of a CSV file too.
module.exports = {
  alta: {
    input: { target: "contract.json" },
    output: { target: "generated/orval.ts", client: "axios-functions", baseUrl: { getBaseUrlFromSpecification: true } },
  },
};
