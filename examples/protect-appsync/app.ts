import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { TasksStack } from './tasks-stack';

const app = new App();
// Which Portcullis deployment guards the API: `-c prefix=Portcullis-dev`.
const prefix: unknown = app.node.tryGetContext('prefix') ?? 'Portcullis';
if (typeof prefix !== 'string') {
  throw new Error(`context prefix must be text, but was ${JSON.stringify(prefix)}`);
}
new TasksStack(app, `${prefix}-Tasks`, {
  description: 'A GraphQL API that Portcullis guards',
  portcullisPrefix: prefix,
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
