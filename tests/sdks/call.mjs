// One call of the AWS SDK for JavaScript: SERVICE OPERATION INPUT, all else from the environment. Prints the answer, or the error's name.
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { Lambda } from "@aws-sdk/client-lambda";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";

const clients = { events: EventBridge, lambda: Lambda, sns: SNS, sqs: SQS };
const [service, operation, input] = process.argv.slice(2);
try {
  const answer = await new clients[service]({})[operation](JSON.parse(input));
  if (answer.Payload) answer.Payload = answer.Payload.transformToString();
  console.log(JSON.stringify(answer));
} catch (error) {
  console.error(error.name);
  process.exit(1);
}
