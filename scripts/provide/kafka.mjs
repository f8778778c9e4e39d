/**
 * Where the Kafka broker's jars come from, for tests and benchmarks:
 * given by the user → installed → cached → the project's own release in Maven's central repository.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder, cacheFolder } from './cache.mjs';
import { verifyChecksum } from './download.mjs';
import { findOnPath } from './findOnPath.mjs';
import { firstThatWorks } from './firstThatWorks.mjs';
import { KAFKA_JARS, KAFKA_VERSION } from './kafkaJars.mjs';

const OLDEST_SUPPORTED = 3.7;
const CACHED = `kafka-${KAFKA_VERSION}`;
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** What Maven is asked for: the broker, and a logger that says on standard error why it did not start. */
const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>waymark</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * Provides a folder with the jars of a Kafka broker.
 * @returns {Promise<import('./firstThatWorks.mjs').Provided>}
 */
export function provideKafka() {
  return firstThatWorks(
    'Kafka',
    [
      { from: 'given by WAYMARK_KAFKA', find: async () => givenByUser(), final: true },
      { from: 'installed', find: async () => findInstalled() },
      { from: 'Maven’s central repository, cached', find: async () => inCache() },
      { from: 'Maven’s central repository', find: copyFromMaven },
    ],
    versionOf,
    `Install Maven (on Debian maven), or set WAYMARK_KAFKA to the folder of a Kafka ${OLDEST_SUPPORTED} or later.`,
  );
}

/** Whether the jars are here already, so that nothing is needed to get them. */
export const isKafkaHere = () =>
  Boolean(process.env['WAYMARK_KAFKA']) || inCache() !== null || installedFolder() !== null;

function givenByUser() {
  const given = process.env['WAYMARK_KAFKA'];
  if (!given) return null;
  if (!existsSync(given)) throw new Error(`${given} does not exist`);
  return libsOf(given);
}

function findInstalled() {
  const folder = installedFolder();
  return folder === null ? null : libsOf(folder);
}

/** KAFKA_HOME, or what the start script on the PATH belongs to. */
function installedFolder() {
  const script = findOnPath('kafka-server-start.sh') ?? findOnPath('kafka-server-start');
  return process.env['KAFKA_HOME'] || (script === null ? null : path.join(path.dirname(script), '..'));
}

/** @param {string} folder of an installation, or of its jars */
function libsOf(folder) {
  const libs = path.join(folder, 'libs');
  return existsSync(libs) ? libs : folder;
}

function inCache() {
  const folder = path.join(cacheFolder(), CACHED);
  return existsSync(folder) ? folder : null;
}

/** Lets the user's own Maven copy the jars (so with its repository, proxy and certificates), and checks each. */
async function copyFromMaven() {
  const maven = findOnPath('mvn');
  if (!maven) throw new Error('Maven is not installed');
  return cachedFolder(CACHED, async (target, scratch) => {
    const pom = path.join(scratch, 'pom.xml');
    await writeFile(pom, POM);
    const args = ['-B', '-q', '-f', pom, COPY_DEPENDENCIES, `-DoutputDirectory=${target}`];
    const { status, stdout, stderr } = spawnSync(maven, [...args, '-DincludeScope=runtime'], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (status !== 0) {
      throw new Error(`Maven could not copy the jars: ${`${stdout}${stderr}`.trim().slice(0, 500)}`);
    }
    const jars = (await readdir(target)).sort();
    const expected = Object.keys(KAFKA_JARS).sort();
    if (jars.join() !== expected.join()) throw new Error(`Maven copied other jars: ${jars.join(', ')}`);
    for (const [name, sha256] of Object.entries(KAFKA_JARS)) {
      await verifyChecksum(path.join(target, name), sha256);
    }
  });
}

/**
 * @param {string} libs
 * @returns {Promise<string>} such as `4.1.2`
 */
async function versionOf(libs) {
  const version = (await readdir(libs))
    .map((name) => /^kafka_2\.\d+-(\d+\.\d+\.\d+)\.jar$/.exec(name)?.[1])
    .find((found) => found !== undefined);
  if (!version) throw new Error(`${libs} holds no Kafka broker`);
  if (parseFloat(version) < OLDEST_SUPPORTED) {
    throw new Error(`${libs} is ${version}, the tests need ${OLDEST_SUPPORTED} or later`);
  }
  return version;
}
