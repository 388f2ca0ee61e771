#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Jobs in places that are not as usual: what is recorded there, where it is put, and what is said if it can't be."""
import shim
import tap


def ci_names_the_whole_branch_and_of_a_pull_request_its_source():
    """Each provider says it in its own variables; those that don't apply may be empty."""
    for variables, branch in (
            ({'GITHUB_ACTIONS': 'true', 'GITHUB_REF_NAME': 'feature/x', 'GITHUB_HEAD_REF': ''}, 'feature/x'),
            ({'GITHUB_ACTIONS': 'true', 'GITHUB_REF_NAME': '7/merge', 'GITHUB_HEAD_REF': 'fix/y'}, 'fix/y'),
            ({'TF_BUILD': 'True', 'BUILD_SOURCEBRANCH': 'refs/heads/feature/x', 'BUILD_SOURCEBRANCHNAME': 'x'}, 'feature/x'),
            ({'TF_BUILD': 'True', 'BUILD_SOURCEBRANCH': 'refs/pull/1/merge', 'BUILD_SOURCEBRANCHNAME': 'merge',
              'SYSTEM_PULLREQUEST_SOURCEBRANCH': 'refs/heads/fix/y'}, 'fix/y'),
            ({'TF_BUILD': 'True', 'BUILD_SOURCEBRANCH': 'refs/tags/v1/2', 'BUILD_SOURCEBRANCHNAME': '2'}, 'v1/2'),
            ({'GITLAB_CI': 'true', 'CI_COMMIT_REF_NAME': 'feature/x'}, 'feature/x'),
            ({'GITLAB_CI': 'true', 'CI_COMMIT_REF_NAME': 'refs/merge-requests/1/head',
              'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME': 'fix/y'}, 'fix/y'),
            ({'JENKINS_URL': 'u', 'BRANCH_NAME': 'PR-3', 'CHANGE_BRANCH': 'fix/y', 'CHANGE_TARGET': 'main'}, 'fix/y'),
            ({'JENKINS_URL': 'u', 'GIT_BRANCH': 'origin/feature/x'}, 'feature/x'),
            ({'CIRCLECI': 'true', 'BRANCH_NAME': 'mine', 'CIRCLE_BRANCH': 'feature/x'}, 'feature/x'),
            ({'BUILDKITE': 'true', 'BUILDKITE_BRANCH': 'feature/x', 'BUILDKITE_PULL_REQUEST_BASE_BRANCH': 'main'}, 'feature/x'),
            ({'TRAVIS': 'true', 'TRAVIS_BRANCH': 'main', 'TRAVIS_PULL_REQUEST_BRANCH': 'fix/y'}, 'fix/y'),
            ({'BITBUCKET_BUILD_NUMBER': '5', 'BITBUCKET_BRANCH': 'feature/x'}, 'feature/x'),
            ({'GITHUB_REF_NAME': 'of no CI'}, None)):
        with shim.Sandbox(**variables) as sandbox:
            summary, = sandbox.run('true').summaries
            tap.same((summary['ci'] or {}).get('branch'), branch, f'the branch with {variables}')


tap.run([ci_names_the_whole_branch_and_of_a_pull_request_its_source])
