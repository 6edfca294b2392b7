// Fails on a known vulnerability of high severity in what ships. A registry that does not answer the question is no
// failure, but it is said.
import { spawnSync } from 'node:child_process';

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
});

function countsIn(text) {
  try {
    return JSON.parse(text).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}

const counts = countsIn(stdout);
if (counts === undefined) {
  console.log('NOT CHECKED: the registry does not answer which vulnerabilities are known.');
  console.log(stderr.split('\n').find((line) => /audit/.test(line)) ?? '');
} else {
  console.log(`known vulnerabilities in what ships: ${JSON.stringify(counts)}`);
  if (counts.high + counts.critical > 0) {
    console.log(stdout);
    process.exitCode = 1;
  }
}
